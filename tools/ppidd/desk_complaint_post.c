/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done with the forms of a complaint's page. */
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/case.h"
#include "tools/ppidd/desk_complaint.h"
#include "tools/ppidd/survey.h"

/* Whether the reader still sees what they just decided about. */
static bool still_seen(struct request *request)
{
	autojson json_t *complaint = NULL;

	return complaint_find(request->db, request->part, desk_view(request), &complaint) !=
	       -ENOENT;
}

static int decided(struct request *request, int error, const char *form, const char *text)
{
	char location[128];

	if (error < 0 && error != -EALREADY) {
		struct form_state state = {
			.wrong = decision_refusal(error), .text = text, .form = form
		};
		bool conflict = error == -EPERM || error == -EEXIST || error == -ENOTUNIQ ||
				error == -EACCES || error == -ETIME || error == -ENOMSG;
		unsigned status = conflict	    ? MHD_HTTP_CONFLICT
				  : error == -EBUSY ? MHD_HTTP_SERVICE_UNAVAILABLE
						    : MHD_HTTP_BAD_REQUEST;
		/* A text that isn't UTF-8 can't be shown again. */
		if (error == -EILSEQ)
			state.text = NULL;
		return desk_show_complaint(request, status, &state);
	}
	server_wake(request->server);
	if (!still_seen(request))
		return answer_redirect(request, "/complaints?done=about");
	snprintf(location, sizeof(location), "/complaints/%s?done=%s", request->part, form);
	return answer_redirect(request, location);
}

/* What is decided here, with the form's fields. */
struct deciding {
	struct request *request;
	struct step step;
	struct decision decision;
	char actor[DESK_ACTOR_SIZE];
	char *text, *once;
	char *also[SIMILAR_MOST];
};

static void deciding_free(struct deciding *deciding)
{
	free(deciding->text);
	free(deciding->once);
	for (size_t i = 0; i < deciding->decision.others_count; i++)
		free(deciding->also[i]);
}

static void read_also(struct deciding *deciding)
{
	for (int i = 0; i < SIMILAR_MOST; i++) {
		char name[24];
		snprintf(name, sizeof(name), "also-%d", i);
		char *uuid = request_field(deciding->request, name);
		if (uuid && uuid_valid(uuid))
			deciding->also[deciding->decision.others_count++] = uuid;
		else
			free(uuid);
	}
	deciding->decision.others = (const char *const *)deciding->also;
}

typedef int decider(struct deciding *deciding);

static int post_decision(struct request *request, const char *form, decider *decide)
{
	struct deciding deciding = { .request = request };
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	deciding.text = request_field(request, "text");
	deciding.once = request_field(request, "once");
	deciding.step.now_ms = request->now_ms;
	deciding.step.actor = desk_actor(request, deciding.actor);
	deciding.decision.complaint = request->part;
	deciding.decision.once = deciding.once;
	deciding.decision.text = deciding.text;
	deciding.decision.view = desk_view(request);
	deciding.decision.superior = officer_may(&request->officer, RIGHT_OBJECTION);
	error = decided(request, decide(&deciding), form, deciding.text);
	deciding_free(&deciding);
	return error;
}

static int do_answer(struct deciding *deciding)
{
	read_also(deciding);
	return decide_answer(deciding->request->db, &deciding->step, &deciding->decision, NULL);
}

int desk_post_answer(struct request *request)
{
	return post_decision(request, "answer", do_answer);
}

static int do_question(struct deciding *deciding)
{
	return decide_question(deciding->request->db, &deciding->step, &deciding->decision, NULL);
}

int desk_post_question(struct request *request)
{
	return post_decision(request, "question", do_question);
}

static int do_survey(struct deciding *deciding)
{
	return decide_survey(deciding->request->db, &deciding->step, &deciding->decision, NULL);
}

int desk_post_survey(struct request *request)
{
	return post_decision(request, "survey", do_survey);
}

static int do_state(struct deciding *deciding)
{
	autofree char *to = request_field(deciding->request, "to");
	enum complaint_state state;

	return to && state_from_name(to, &state)
		       ? decide_state(deciding->request->db, &deciding->step, &deciding->decision,
				 state, NULL)
		       : -EPERM;
}

int desk_post_state(struct request *request)
{
	return post_decision(request, "state", do_state);
}

static int do_verify(struct deciding *deciding)
{
	return decide_state(
		deciding->request->db, &deciding->step, &deciding->decision, STATE_VERIFIED, NULL);
}

int desk_post_verify(struct request *request)
{
	return post_decision(request, "verify", do_verify);
}

static int do_refer(struct deciding *deciding)
{
	autofree char *office = request_field(deciding->request, "office");

	return decide_referral(deciding->request->db, &deciding->step, &deciding->decision,
		office ? office : "", NULL);
}

int desk_post_refer(struct request *request)
{
	return post_decision(request, "refer", do_refer);
}

static int do_category(struct deciding *deciding)
{
	autofree char *category = request_field(deciding->request, "category");
	autofree char *about = request_field(deciding->request, "about");

	return decide_category(deciding->request->db, &deciding->step, &deciding->decision,
		category ? category : "", about ? about : "", NULL);
}

int desk_post_category(struct request *request)
{
	return post_decision(request, "category", do_category);
}

static int do_assign(struct deciding *deciding)
{
	autofree char *officer = request_field(deciding->request, "officer");

	return decide_assignment(deciding->request->db, &deciding->step, &deciding->decision,
		officer ? officer : "", NULL);
}

int desk_post_assign(struct request *request)
{
	return post_decision(request, "assign", do_assign);
}

static int do_note(struct deciding *deciding)
{
	autofree char *kind = request_field(deciding->request, "kind");
	autofree char *cause = request_field(deciding->request, "cause");

	return decide_note(deciding->request->db, &deciding->step, &deciding->decision,
		kind ? kind : "", cause ? cause : "", NULL);
}

int desk_post_note(struct request *request)
{
	return post_decision(request, "note", do_note);
}

static int do_kind(struct deciding *deciding)
{
	autofree char *kind = request_field(deciding->request, "kind");
	autofree char *objects_to = request_field(deciding->request, "objects_to");
	autofree char *ground = request_field(deciding->request, "ground");
	const struct case_change change = { kind, objects_to, ground };

	return decide_kind(
		deciding->request->db, &deciding->step, &deciding->decision, &change, NULL);
}

int desk_post_kind(struct request *request)
{
	return post_decision(request, "kind", do_kind);
}

static int do_extend(struct deciding *deciding)
{
	return decide_extension(deciding->request->db, &deciding->step, &deciding->decision, NULL);
}

int desk_post_extend(struct request *request)
{
	return post_decision(request, "extend", do_extend);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The corpus of tests/corpus: what residents write and what must happen to it, read by the real
 * engine. Prints precision and recall of each intention, and what went wrong of the known part;
 * of the part kept aside only the figures, so that nobody tunes to it. KOTAK_CORPUS_SHOW=1 shows
 * that too, once the grammar is finished.
 */
#include "tests/unit/dialogue_fixture.h"

#include <ctype.h>
#include <jansson.h>

#include "base/cleanup.h"

#define KNOWN "tests/corpus/known.tsv"
#define HELD_OUT "tests/corpus/held-out.tsv"
#define LEAST_PERCENT 97
#define LINE_MAX_BYTES 1024
#define LABEL_SIZE 16
#define LABELS_MAX 24
#define FIELDS 5

/* A row of a corpus file; the fields point into line. */
struct row {
	char *line;
	char *field[FIELDS];
};
enum field { CONTEXT, TEXT, INTENTION, TICKET, MORE };

/* What came of a text, in the corpus' words. */
struct outcome {
	char intention[LABEL_SIZE];
	const char *ticket;
	struct dialogue_output out;
};

struct tally {
	char label[LABEL_SIZE];
	unsigned wanted, found, right;
};

struct score {
	struct tally tallies[LABELS_MAX];
	size_t labels;
	unsigned rows, intentions_right, whole_right;
};

/* The world that a row is about. */
struct world {
	unsigned complaints;
	enum complaint_state state;
	char own[TICKET_SIZE], own2[TICKET_SIZE], other[TICKET_SIZE], next[TICKET_SIZE];
	struct dialogue_lookup lookup;
	struct dialogue_input input;
	char *data;
};

static void fill(const struct world *world, const char *ticket, struct dialogue_complaint *out)
{
	bool other = strcmp(ticket, world->other) == 0;

	*out = (struct dialogue_complaint) { .state = other ? STATE_RECEIVED : world->state,
		.created_ms = NOW_MS,
		.updated_ms = NOW_MS };
	snprintf(out->ticket, sizeof(out->ticket), "%s", ticket);
	snprintf(out->sender, sizeof(out->sender), "%s", other ? STRANGER : SENDER);
	snprintf(out->pin, sizeof(out->pin), "%s", OTHER_PIN);
}

static int world_find(void *context, const char *ticket, struct dialogue_complaint *out)
{
	const struct world *world = context;
	bool there = strcmp(ticket, world->other) == 0 ||
		     (world->complaints > 0 && strcmp(ticket, world->own) == 0) ||
		     (world->complaints > 1 && strcmp(ticket, world->own2) == 0);

	if (there)
		fill(world, ticket, out);
	return there;
}

static int world_latest(void *context, const char *sender, struct dialogue_complaint *out)
{
	const struct world *world = context;

	(void)sender;
	if (world->complaints > 0)
		fill(world, world->complaints > 1 ? world->own2 : world->own, out);
	return world->complaints > 0;
}

static int world_list(
	void *context, const char *sender, bool open, struct dialogue_complaint *out, size_t most)
{
	const struct world *world = context;

	(void)sender;
	if (open != state_open(world->state))
		return 0;
	/* In the order of their names, so that "1" is {own} and "2" {own2}. */
	for (unsigned i = 0; i < world->complaints && i < most; i++)
		fill(world, i ? world->own2 : world->own, &out[i]);
	return (int)world->complaints;
}

static void world_ask(struct world *world, const char *topic)
{
	static const struct {
		const char *word;
		enum dialogue_topic topic;
	} topics[] = { { "details", DIALOGUE_AWAIT_DETAILS }, { "address", DIALOGUE_AWAIT_ADDRESS },
		{ "question", DIALOGUE_AWAIT_QUESTION }, { "rating", DIALOGUE_AWAIT_RATING },
		{ "withdraw", DIALOGUE_AWAIT_CONFIRM }, { "which", DIALOGUE_AWAIT_CHOICE } };

	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		if (strcmp(topics[i].word, topic) == 0)
			world->input.session.topic = topics[i].topic;
	}
	if (world->input.session.topic == DIALOGUE_AWAIT_NOTHING)
		fail_msg("no such question: %s", topic);
	memcpy(world->input.session.ticket, world->own, TICKET_SIZE);
	if (world->input.session.topic != DIALOGUE_AWAIT_CHOICE)
		return;
	assert_true(asprintf(&world->data,
			    "{\"action\":\"addition\",\"tickets\":[\"%s\",\"%s\"],\"text\":"
			    "\"lampunya juga pecah\"}",
			    world->own, world->own2) > 0);
	world->input.session.data = world->data;
	world->input.session.ticket[0] = '\0';
}

static void world_init(struct world *world, const char *context)
{
	const char *asked = strchr(context, '+');
	size_t length = asked ? (size_t)(asked - context) : strlen(context);

	*world = (struct world) { .state = STATE_RECEIVED,
		.lookup = { world_find, world_latest, world_list, world } };
	assert_int_equal(ticket_format(world->own, 3, OWN_SERIAL), 0);
	assert_int_equal(ticket_format(world->own2, 3, OWN_SERIAL + 1), 0);
	assert_int_equal(ticket_format(world->other, 3, OTHER_SERIAL), 0);
	assert_int_equal(ticket_format(world->next, 3, NEXT_SERIAL), 0);
	world->input = (struct dialogue_input) { .sender = SENDER,
		.language = "id",
		.next_ticket = world->next,
		.next_pin = "2468",
		.now_ms = NOW_MS,
		.lookup = &world->lookup };
	if (strncmp(context, "none", length) != 0)
		world->complaints = strncmp(context, "two", length) == 0 ? 2 : 1;
	if (strncmp(context, "done", length) == 0)
		world->state = STATE_RESOLVED;
	if (asked)
		world_ask(world, asked + 1);
}

/* The text with {own} … filled in. Caller frees. */
static char *expand(const struct world *world, const char *text)
{
	const struct {
		const char *place, *ticket;
	} places[] = { { "{own2}", world->own2 }, { "{own}", world->own },
		{ "{other}", world->other } };
	char *out = strdup(text);

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char *place = out ? strstr(out, places[i].place) : NULL;
		if (!place)
			continue;
		char *filled = NULL;
		assert_true(asprintf(&filled, "%.*s%s%s", (int)(place - out), out, places[i].ticket,
				    place + strlen(places[i].place)) > 0);
		free(out);
		out = filled;
	}
	assert_non_null(out);
	return out;
}

static const char *ticket_word(const struct world *world, const struct dialogue_output *out)
{
	const char *ticket = *out->details_ticket   ? out->details_ticket
			     : *out->subject_ticket ? out->subject_ticket
						    : out->reply_ticket;

	if (out->open_complaint)
		return "new";
	if (out->session_change == DIALOGUE_SESSION_SET &&
		out->session.topic == DIALOGUE_AWAIT_CHOICE)
		return "ask";
	return strcmp(ticket, world->own) == 0	   ? "own"
	       : strcmp(ticket, world->own2) == 0  ? "own2"
	       : strcmp(ticket, world->other) == 0 ? "other"
						   : "-";
}

static const char *effect_word(const struct dialogue_output *out)
{
	bool asked = out->session_change == DIALOGUE_SESSION_SET &&
		     out->session.topic == DIALOGUE_AWAIT_CONFIRM;

	return out->withdraw ? "done" : asked ? "ask" : "none";
}

static bool same(const char *wanted, const char *got)
{
	return strcmp(wanted, got ? got : "") == 0;
}

static bool has_digit(const char *wanted, int number)
{
	return *wanted - '0' == number;
}

/* One "key=value" of the last column. */
static bool agrees(const char *key, const char *value, const struct dialogue_output *out)
{
	if (strcmp(key, "text") == 0)
		return same(value, out->open_complaint ? out->complaint_text : out->details_text);
	if (strcmp(key, "name") == 0)
		return same(value, out->details_name);
	if (strcmp(key, "address") == 0)
		return same(value, out->details_address);
	if (strcmp(key, "rating") == 0)
		return has_digit(value, out->rating);
	if (strcmp(key, "language") == 0)
		return same(value, out->language);
	if (strcmp(key, "confidential") == 0)
		return out->confidential == DIALOGUE_ON;
	if (strcmp(key, "effect") == 0)
		return same(value, effect_word(out));
	if (strcmp(key, "on") == 0) {
		enum dialogue_switch wanted = *value == '1' ? DIALOGUE_ON : DIALOGUE_OFF;
		return out->confidential == wanted || out->announcements == wanted;
	}
	fail_msg("the corpus has no such key: %s", key);
	return false;
}

static bool agrees_with_all(const char *more, const struct dialogue_output *out)
{
	autofree char *copy = strdup(more);
	char *rest = copy;
	char *pair;
	bool good = true;

	assert_non_null(copy);
	while ((pair = strsep(&rest, ";")) != NULL) {
		char *value = strchr(pair, '=');
		if (!value)
			continue;
		*value++ = '\0';
		good = good && agrees(pair, value, out);
	}
	return good;
}

static struct tally *tally_of(struct score *score, const char *label)
{
	for (size_t i = 0; i < score->labels; i++) {
		if (strcmp(score->tallies[i].label, label) == 0)
			return &score->tallies[i];
	}
	assert_true(score->labels < LABELS_MAX);
	struct tally *tally = &score->tallies[score->labels++];
	snprintf(tally->label, sizeof(tally->label), "%s", label);
	return tally;
}

static void read_text(const struct row *row, struct outcome *outcome)
{
	struct world world;

	world_init(&world, row->field[CONTEXT]);
	autofree char *text = expand(&world, row->field[TEXT]);
	world.input.text = text;
	assert_int_equal(dialogue_handle(&world.input, &outcome->out), 0);
	assert_one_part(outcome->out.reply);
	outcome->ticket = ticket_word(&world, &outcome->out);
	snprintf(outcome->intention, sizeof(outcome->intention), "%s",
		outcome->out.answers_question ? "answer"
					      : dialogue_intention_name(outcome->out.intention));
	free(world.data);
}

static void score_row(struct score *score, const struct row *row, bool show)
{
	struct outcome outcome = { 0 };

	read_text(row, &outcome);
	bool intention = strcmp(outcome.intention, row->field[INTENTION]) == 0;
	bool whole = intention && strcmp(outcome.ticket, row->field[TICKET]) == 0 &&
		     agrees_with_all(row->field[MORE], &outcome.out);
	tally_of(score, row->field[INTENTION])->wanted++;
	tally_of(score, outcome.intention)->found++;
	if (intention)
		tally_of(score, outcome.intention)->right++;
	score->rows++;
	score->intentions_right += intention;
	score->whole_right += whole;
	if (!whole && show)
		printf("# %s: \"%s\": wanted %s %s %s, found %s %s [%s|%s|%s]\n",
			row->field[CONTEXT], row->field[TEXT], row->field[INTENTION],
			row->field[TICKET], row->field[MORE], outcome.intention, outcome.ticket,
			outcome.out.complaint_text ? outcome.out.complaint_text
			: outcome.out.details_text ? outcome.out.details_text
						   : "",
			outcome.out.details_name ? outcome.out.details_name : "",
			outcome.out.details_address ? outcome.out.details_address : "");
	dialogue_output_free(&outcome.out);
}

/* Splits a line at its tabs; a missing last column is empty. */
static void row_split(struct row *row)
{
	char *rest = row->line;

	row->line[strcspn(row->line, "\n")] = '\0';
	for (size_t i = 0; i < FIELDS; i++) {
		row->field[i] = strsep(&rest, "\t");
		if (!row->field[i] && i < MORE)
			fail_msg("too few columns: %s", row->line);
		if (!row->field[i])
			row->field[i] = row->line + strlen(row->line);
	}
}

static void score_file(const char *path, bool show, struct score *score)
{
	autofile FILE *file = fopen(path, "re");
	char line[LINE_MAX_BYTES];

	*score = (struct score) { 0 };
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		struct row row = { .line = line };
		if (*line == '#' || *line == '\n')
			continue;
		row_split(&row);
		score_row(score, &row, show);
	}
}

/* A complaint is one whatever else is under way: or we ask, but nothing else may come of it. */
static unsigned count_lost(const struct row *row)
{
	static const char *const contexts[] = { "none", "one", "two", "done", "one+details",
		"one+address", "done+rating", "one+withdraw", "two+which" };
	unsigned lost = 0;

	if (strcmp(row->field[INTENTION], "complaint") != 0 || strchr(row->field[CONTEXT], '+') ||
		strchr(row->field[TEXT], '{'))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(contexts); i++) {
		struct row there = *row;
		struct outcome outcome = { 0 };
		there.field[CONTEXT] = (char *)contexts[i];
		read_text(&there, &outcome);
		bool kept = outcome.out.open_complaint || outcome.out.details_text ||
			    strcmp(outcome.ticket, "ask") == 0 ||
			    (strcmp(outcome.intention, "rating") == 0 && !outcome.out.rating);
		if (!kept) {
			printf("# %s: \"%s\": %s\n", contexts[i], row->field[TEXT],
				outcome.intention);
			lost++;
		}
		dialogue_output_free(&outcome.out);
	}
	return lost;
}

static void test_no_complaint_is_lost(void **state)
{
	static const char *const files[] = { KNOWN, HELD_OUT };
	unsigned lost = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		autofile FILE *file = fopen(files[i], "re");
		char line[LINE_MAX_BYTES];
		assert_non_null(file);
		while (fgets(line, sizeof(line), file)) {
			struct row row = { .line = line };
			if (*line == '#' || *line == '\n')
				continue;
			row_split(&row);
			lost += count_lost(&row);
		}
	}
	assert_int_equal(lost, 0);
}

static double percent(unsigned part, unsigned whole)
{
	return whole ? 100.0 * part / whole : 100.0;
}

static void print_score(const char *title, const struct score *score)
{
	printf("# %s: %u texts, intention right %.1f %%, everything right %.1f %%\n", title,
		score->rows, percent(score->intentions_right, score->rows),
		percent(score->whole_right, score->rows));
	printf("#   %-14s %6s %10s %8s\n", "intention", "texts", "precision", "recall");
	for (size_t i = 0; i < score->labels; i++) {
		const struct tally *tally = &score->tallies[i];
		printf("#   %-14s %6u %8.1f %% %6.1f %%\n", tally->label, tally->wanted,
			percent(tally->right, tally->found), percent(tally->right, tally->wanted));
	}
}

static void test_known(void **state)
{
	struct score score;

	(void)state;
	score_file(KNOWN, true, &score);
	print_score("known", &score);
	assert_int_equal(score.whole_right, score.rows);
	assert_true(score.rows >= 200);
}

static void test_held_out(void **state)
{
	struct score score;

	(void)state;
	score_file(HELD_OUT, getenv("KOTAK_CORPUS_SHOW") != NULL, &score);
	print_score("kept aside", &score);
	assert_true(score.rows >= 100);
	assert_true(percent(score.intentions_right, score.rows) >= LEAST_PERCENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_held_out),
		cmocka_unit_test(test_no_complaint_is_lost),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}

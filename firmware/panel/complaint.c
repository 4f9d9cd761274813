/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A new complaint: from its category to the review, and until kotakd has it. */
#include <ctype.h>
#include <string.h>

#include "panel/internal.h"
#include "panel/plain.h"

/* A telephone number's digits: E.164 section 6.1 has 15 at most; local ones have 8. */
#define PHONE_DIGITS_MIN 8
/* What the review shows of the text: the whole is behind its number. */
#define REVIEW_TEXT_MAX 48

const char *const complaint_categories[COMPLAINT_CATEGORIES] = { "access", "quality", "procedure",
	"other" };
const char *const complaint_abouts[COMPLAINT_ABOUTS] = { "office", "official", "agency", "other" };

static const enum phrase category_phrases[COMPLAINT_CATEGORIES] = { PHRASE_CATEGORY_ACCESS,
	PHRASE_CATEGORY_QUALITY, PHRASE_CATEGORY_PROCEDURE, PHRASE_CATEGORY_OTHER };
static const enum phrase about_phrases[COMPLAINT_ABOUTS] = { PHRASE_ABOUT_OFFICE,
	PHRASE_ABOUT_OFFICIAL, PHRASE_ABOUT_AGENCY, PHRASE_ABOUT_OTHER };

enum phrase complaint_category_phrase(const char *name)
{
	for (size_t i = 0; i < COMPLAINT_CATEGORIES; i++) {
		if (strcmp(name, complaint_categories[i]) == 0)
			return category_phrases[i];
	}
	return PHRASE_CATEGORY_OTHER;
}

size_t complaint_useful(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += isalnum((unsigned char)*text) != 0;
	return count;
}

void complaint_begin(struct panel *panel)
{
	uuid_new(panel->session.draft.id);
	panel_go(panel, SCREEN_CATEGORY);
}

static bool has_places(const struct panel *panel)
{
	return json_array_size(panel->places) > 0;
}

static enum screen address_screen(const struct panel *panel)
{
	return has_places(panel) ? SCREEN_PLACE : SCREEN_ADDRESS;
}

/* On to a field, or back to the review that this one was changed from. */
static void go_on(struct panel *panel, enum screen next)
{
	struct draft *draft = &panel->session.draft;

	panel_go(panel, draft->editing ? SCREEN_REVIEW : next);
	draft->editing = false;
}

static void after_address(struct panel *panel)
{
	go_on(panel, panel->session.draft.shown_how ? SCREEN_TEXT : SCREEN_HOW_TO_WRITE);
}

static void compose_choices(
	struct panel *panel, enum phrase title, const enum phrase *choices, unsigned count)
{
	view_line(&panel->view, title);
	for (unsigned i = 0; i < count; i++)
		view_choice(&panel->view, (char)('1' + i), choices[i]);
}

static void compose_category(struct panel *panel)
{
	compose_choices(panel, PHRASE_CATEGORY, category_phrases, COMPLAINT_CATEGORIES);
}

static void choose_category(struct panel *panel, char digit, unsigned chapter)
{
	(void)chapter;
	panel->session.draft.category = digit - '1';
	go_on(panel, SCREEN_ABOUT);
}

static void back_from_category(struct panel *panel)
{
	const struct draft *draft = &panel->session.draft;

	if (draft->editing) {
		go_on(panel, SCREEN_REVIEW);
	} else if (*draft->text || *draft->name || *draft->phone || *draft->address) {
		panel->session.after = SCREEN_CATEGORY;
		panel_go(panel, SCREEN_DROP);
	} else {
		panel_restart(panel, SCREEN_MENU);
	}
}

static void compose_about(struct panel *panel)
{
	compose_choices(panel, PHRASE_ABOUT, about_phrases, COMPLAINT_ABOUTS);
}

static void choose_about(struct panel *panel, char digit, unsigned chapter)
{
	(void)chapter;
	panel->session.draft.about = digit - '1';
	go_on(panel, address_screen(panel));
}

static void back_from_about(struct panel *panel)
{
	go_on(panel, SCREEN_CATEGORY);
}

/* Names in chapters of nine, "0" under each. */
static void compose_names(
	struct panel *panel, enum phrase title, const json_t *names, enum phrase other)
{
	size_t count = json_array_size(names);

	view_line(&panel->view, title);
	for (size_t i = 0; i < count; i++) {
		const json_t *name = json_array_get(names, i);
		if (i > 0 && i % VIEW_ITEMS_MAX == 0) {
			view_choice(&panel->view, '0', other);
			view_new_page(&panel->view);
		}
		view_item(&panel->view, (char)('1' + i % VIEW_ITEMS_MAX));
		view_write(&panel->view, json_is_string(name) ? json_string_value(name)
							      : message_text(name, "name"));
	}
	view_choice(&panel->view, '0', other);
}

static void compose_place(struct panel *panel)
{
	compose_names(panel, PHRASE_PLACE, panel->places, PHRASE_PLACE_OTHER);
}

/* Of ASCII, so that what is cut is a letter. */
static void add_to_address(struct panel *panel, const char *text)
{
	struct draft *draft = &panel->session.draft;
	size_t length = strlen(draft->address);

	if (plain_append(draft->address, sizeof(draft->address), &length, text, false) < 0)
		panel->failed = true;
}

static const json_t *place_chosen(const struct panel *panel)
{
	return json_array_get(panel->places, (size_t)panel->session.draft.place);
}

static void choose_place(struct panel *panel, char digit, unsigned chapter)
{
	struct draft *draft = &panel->session.draft;

	if (digit == '0') {
		draft->place = -1;
		panel_go(panel, SCREEN_ADDRESS);
		return;
	}
	draft->place = (int)(chapter * VIEW_ITEMS_MAX) + digit - '1';
	if (json_array_size(json_object_get(place_chosen(panel), "parts")) > 0) {
		panel_go(panel, SCREEN_PART);
		return;
	}
	explicit_bzero(draft->address, sizeof(draft->address));
	add_to_address(panel, message_text(place_chosen(panel), "name"));
	after_address(panel);
}

static void back_to_about(struct panel *panel)
{
	go_on(panel, SCREEN_ABOUT);
}

static void compose_part(struct panel *panel)
{
	compose_names(panel, PHRASE_PART, json_object_get(place_chosen(panel), "parts"),
		PHRASE_PART_OTHER);
}

static void choose_part(struct panel *panel, char digit, unsigned chapter)
{
	const json_t *parts = json_object_get(place_chosen(panel), "parts");
	struct draft *draft = &panel->session.draft;

	explicit_bzero(draft->address, sizeof(draft->address));
	add_to_address(panel, message_text(place_chosen(panel), "name"));
	if (digit != '0') {
		const json_t *part = json_array_get(
			parts, (size_t)chapter * VIEW_ITEMS_MAX + (size_t)(digit - '1'));
		add_to_address(panel, " ");
		add_to_address(panel, json_is_string(part) ? json_string_value(part) : "");
	}
	after_address(panel);
}

static void back_to_place(struct panel *panel)
{
	panel_go(panel, SCREEN_PLACE);
}

/* Every entry is copied into its field at each key, so that the draft has it. */
static void compose_entry(struct panel *panel, enum phrase title, enum phrase help)
{
	panel->view.entry = true;
	panel->view.title = title;
	panel->view.help = help;
}

static void keep_entry(struct panel *panel, char *field, size_t size)
{
	explicit_bzero(field, size);
	memcpy(field, panel->session.entry.text, strlen(panel->session.entry.text) + 1);
}

static void open_address(struct panel *panel)
{
	entry_begin(
		&panel->session.entry, ENTRY_NAME, DRAFT_ADDRESS_MAX, panel->session.draft.address);
}

static void compose_address(struct panel *panel)
{
	compose_entry(panel, PHRASE_ADDRESS, PHRASE_ADDRESS_HELP);
}

static void type_address(struct panel *panel)
{
	keep_entry(panel, panel->session.draft.address, sizeof(panel->session.draft.address));
}

static void back_from_address(struct panel *panel)
{
	if (has_places(panel))
		panel_go(panel, SCREEN_PLACE);
	else
		go_on(panel, SCREEN_ABOUT);
}

static void compose_how_to_write(struct panel *panel)
{
	view_line(&panel->view, PHRASE_HOW_TO_WRITE);
}

static void accept_how_to_write(struct panel *panel)
{
	panel->session.draft.shown_how = true;
	panel_go(panel, SCREEN_TEXT);
}

static void back_to_address(struct panel *panel)
{
	go_on(panel, address_screen(panel));
}

static void open_text(struct panel *panel)
{
	entry_begin(&panel->session.entry, ENTRY_TEXT, ENTRY_MAX, panel->session.draft.text);
}

static void compose_text(struct panel *panel)
{
	compose_entry(panel, PHRASE_TEXT, PHRASE_TEXT_HELP);
}

static void type_text(struct panel *panel)
{
	keep_entry(panel, panel->session.draft.text, sizeof(panel->session.draft.text));
}

static void accept_text(struct panel *panel)
{
	if (complaint_useful(panel->session.draft.text) < TEXT_USEFUL_MIN)
		panel_note(panel, PHRASE_TEXT_SHORT, SCREEN_TEXT);
	else
		go_on(panel, SCREEN_NAME);
}

static void open_name(struct panel *panel)
{
	entry_begin(&panel->session.entry, ENTRY_NAME, DRAFT_NAME_MAX, panel->session.draft.name);
}

static void compose_name(struct panel *panel)
{
	compose_entry(panel, PHRASE_NAME, PHRASE_NAME_HELP);
}

static void type_name(struct panel *panel)
{
	keep_entry(panel, panel->session.draft.name, sizeof(panel->session.draft.name));
}

static void accept_name(struct panel *panel)
{
	if (complaint_useful(panel->session.draft.name) == 0)
		panel_go(panel, SCREEN_NAMELESS);
	else
		go_on(panel, SCREEN_PHONE);
}

static void back_to_text(struct panel *panel)
{
	go_on(panel, SCREEN_TEXT);
}

static void compose_nameless(struct panel *panel)
{
	static const enum phrase choices[] = { PHRASE_NAMELESS_FILL, PHRASE_NAMELESS_SKIP };

	compose_choices(panel, PHRASE_NAMELESS, choices, ARRAY_SIZE(choices));
}

static void choose_nameless(struct panel *panel, char digit, unsigned chapter)
{
	(void)chapter;
	if (digit == '1')
		panel_go(panel, SCREEN_NAME);
	else
		go_on(panel, SCREEN_PHONE);
}

static void back_to_name(struct panel *panel)
{
	panel_go(panel, SCREEN_NAME);
}

static void open_phone(struct panel *panel)
{
	entry_begin(
		&panel->session.entry, ENTRY_DIGITS, DRAFT_PHONE_MAX, panel->session.draft.phone);
}

static void compose_phone(struct panel *panel)
{
	compose_entry(panel, PHRASE_PHONE, PHRASE_PHONE_HELP);
}

static void type_phone(struct panel *panel)
{
	keep_entry(panel, panel->session.draft.phone, sizeof(panel->session.draft.phone));
}

static void accept_phone(struct panel *panel)
{
	size_t digits = strlen(panel->session.draft.phone);

	if (digits > 0 && digits < PHONE_DIGITS_MIN)
		panel_note(panel, PHRASE_PHONE_WRONG, SCREEN_PHONE);
	else
		go_on(panel, SCREEN_CONFIDENTIAL);
}

static void back_from_phone(struct panel *panel)
{
	go_on(panel, SCREEN_NAME);
}

static void compose_confidential(struct panel *panel)
{
	static const enum phrase choices[] = { PHRASE_CONFIDENTIAL_YES, PHRASE_CONFIDENTIAL_NO };

	compose_choices(panel, PHRASE_CONFIDENTIAL, choices, ARRAY_SIZE(choices));
	view_line(&panel->view, PHRASE_CONFIDENTIAL_WHO);
}

static void choose_confidential(struct panel *panel, char digit, unsigned chapter)
{
	(void)chapter;
	panel->session.draft.confidential = digit == '1';
	go_on(panel, SCREEN_REVIEW);
}

static void back_to_phone(struct panel *panel)
{
	go_on(panel, SCREEN_PHONE);
}

static void compose_field(struct panel *panel, char digit, enum phrase label, const char *value)
{
	const char *shown = *value ? value : phrase_say(panel_language(panel), PHRASE_EMPTY);
	const struct view_value values[] = { { "value", shown }, { 0 } };

	view_item(&panel->view, digit);
	view_say(&panel->view, label, values);
}

static void compose_choice(struct panel *panel, char digit, enum phrase label, enum phrase chosen)
{
	compose_field(panel, digit, label, phrase_say(panel_language(panel), chosen));
}

static void compose_review(struct panel *panel)
{
	const struct draft *draft = &panel->session.draft;
	char beginning[REVIEW_TEXT_MAX + 3];

	snprintf(beginning, sizeof(beginning), "%.*s%s", REVIEW_TEXT_MAX, draft->text,
		strlen(draft->text) > REVIEW_TEXT_MAX ? ".." : "");
	view_line(&panel->view, PHRASE_REVIEW);
	compose_choice(panel, '1', PHRASE_REVIEW_CATEGORY,
		draft->category < 0 ? PHRASE_EMPTY : category_phrases[draft->category]);
	compose_choice(panel, '2', PHRASE_REVIEW_ABOUT,
		draft->about < 0 ? PHRASE_EMPTY : about_phrases[draft->about]);
	compose_field(panel, '3', PHRASE_REVIEW_ADDRESS, draft->address);
	compose_field(panel, '4', PHRASE_REVIEW_TEXT, beginning);
	compose_field(panel, '5', PHRASE_REVIEW_NAME, draft->name);
	compose_field(panel, '6', PHRASE_REVIEW_PHONE, draft->phone);
	compose_choice(panel, '7', PHRASE_REVIEW_CONFIDENTIAL,
		draft->confidential == 1 ? PHRASE_YES : PHRASE_NO);
	explicit_bzero(beginning, sizeof(beginning));
}

static void choose_review(struct panel *panel, char digit, unsigned chapter)
{
	const enum screen screens[] = { SCREEN_CATEGORY, SCREEN_ABOUT, address_screen(panel),
		SCREEN_TEXT, SCREEN_NAME, SCREEN_PHONE, SCREEN_CONFIDENTIAL };

	(void)chapter;
	panel->session.draft.editing = true;
	panel_go(panel, screens[digit - '1']);
}

void complaint_send(struct panel *panel)
{
	struct session *session = &panel->session;

	session->submitted = true;
	session->again_ms = panel->now_ms + SEND_AGAIN_MS;
	if (panel->connected)
		tell_submit(panel);
	else
		session->trouble = true;
}

/* A text that was shortened later than it was asked for is asked for again. */
static void accept_review(struct panel *panel)
{
	if (complaint_useful(panel->session.draft.text) < TEXT_USEFUL_MIN) {
		panel_note(panel, PHRASE_TEXT_SHORT, SCREEN_TEXT);
		return;
	}
	panel->session.trouble = false;
	panel_go(panel, SCREEN_SENDING);
	complaint_send(panel);
}

static void back_to_confidential(struct panel *panel)
{
	panel_go(panel, SCREEN_CONFIDENTIAL);
}

static void compose_sending(struct panel *panel)
{
	if (panel->session.trouble)
		panel->view.hash = PHRASE_AGAIN;
	view_line(&panel->view, panel->session.trouble ? PHRASE_SEND_TROUBLE : PHRASE_SENDING);
}

static void accept_sending(struct panel *panel)
{
	if (panel->session.trouble)
		complaint_send(panel);
}

static void back_to_review(struct panel *panel)
{
	panel_go(panel, SCREEN_REVIEW);
}

static void compose_drop(struct panel *panel)
{
	static const enum phrase choices[] = { PHRASE_DROP_YES, PHRASE_DROP_NO };

	compose_choices(panel, PHRASE_DROP, choices, ARRAY_SIZE(choices));
}

static void choose_drop(struct panel *panel, char digit, unsigned chapter)
{
	(void)chapter;
	if (digit == '1')
		panel_restart(panel, SCREEN_MENU);
	else
		panel_go(panel, panel->session.after);
}

static void back_from_drop(struct panel *panel)
{
	panel_go(panel, panel->session.after);
}

#define MENU_OPS(screen_name, compose_function, choose_function, back_function)                    \
	{                                                                                          \
		.name = (screen_name), .star = PHRASE_BACK, .compose = (compose_function),         \
		.choose = (choose_function), .back = (back_function)                               \
	}
#define ENTRY_OPS(field, accept_function, back_function)                                           \
	{                                                                                          \
		.name = #field, .open = open_##field, .compose = compose_##field,                  \
		.typed = type_##field, .accept = (accept_function), .back = (back_function)        \
	}

const struct screen_ops complaint_screens[SCREEN_COUNT] = {
	[SCREEN_CATEGORY] =
		MENU_OPS("category", compose_category, choose_category, back_from_category),
	[SCREEN_ABOUT] = MENU_OPS("about", compose_about, choose_about, back_from_about),
	[SCREEN_PLACE] = MENU_OPS("place", compose_place, choose_place, back_to_about),
	[SCREEN_PART] = MENU_OPS("part", compose_part, choose_part, back_to_place),
	[SCREEN_ADDRESS] = ENTRY_OPS(address, after_address, back_from_address),
	[SCREEN_HOW_TO_WRITE] = { .name = "how_to_write",
		.star = PHRASE_BACK,
		.hash = PHRASE_OK,
		.compose = compose_how_to_write,
		.accept = accept_how_to_write,
		.back = back_to_address },
	[SCREEN_TEXT] = ENTRY_OPS(text, accept_text, back_to_address),
	[SCREEN_NAME] = ENTRY_OPS(name, accept_name, back_to_text),
	[SCREEN_NAMELESS] = MENU_OPS("nameless", compose_nameless, choose_nameless, back_to_name),
	[SCREEN_PHONE] = ENTRY_OPS(phone, accept_phone, back_from_phone),
	[SCREEN_CONFIDENTIAL] =
		MENU_OPS("confidential", compose_confidential, choose_confidential, back_to_phone),
	[SCREEN_REVIEW] = { .name = "review",
		.star = PHRASE_BACK,
		.hash = PHRASE_SEND,
		.compose = compose_review,
		.choose = choose_review,
		.accept = accept_review,
		.back = back_to_confidential },
	[SCREEN_SENDING] = { .star = PHRASE_BACK,
		.compose = compose_sending,
		.accept = accept_sending,
		.back = back_to_review },
	[SCREEN_DROP] = MENU_OPS(NULL, compose_drop, choose_drop, back_from_drop),
};

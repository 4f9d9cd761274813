/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The new complaint's ticket: number and PIN large and first, then the slip and what to do. */
#include "panel/internal.h"

static enum phrase slip_phrase(const struct panel *panel)
{
	if (panel->session.printed)
		return PHRASE_SLIP_TAKE;
	return panel->session.printing && panel->printer_able ? PHRASE_SLIP_PRINTING
							      : PHRASE_SLIP_NONE;
}

static void compose_slip(struct panel *panel)
{
	view_centred(&panel->view);
	view_say(&panel->view, slip_phrase(panel), NULL);
}

static bool may_print(const struct panel *panel)
{
	return panel->printer && panel->printer_able && panel->connected &&
	       !panel->session.printing;
}

static void compose_ticket(struct panel *panel)
{
	const struct view_value values[] = { { "pin", panel->session.pin }, { 0 } };
	bool tall = panel->config.rows > 2;

	/* Two rows are for the two numbers. */
	if (tall)
		compose_slip(panel);
	view_centred(&panel->view);
	view_write(&panel->view, panel->session.ticket);
	view_centred(&panel->view);
	view_say(&panel->view, PHRASE_PIN_IS, values);
	if (!tall)
		compose_slip(panel);
	view_line(&panel->view, PHRASE_KEEP);
	if (may_print(panel))
		view_choice(&panel->view, '1', PHRASE_PRINT_AGAIN);
}

/* The item is on the last page; its key works on each. */
static void choose_ticket(struct panel *panel, char digit, unsigned chapter)
{
	(void)digit;
	(void)chapter;
	panel->session.printing = true;
	panel->session.printed = false;
	tell_print(panel);
	panel_go(panel, SCREEN_TICKET);
}

static void finish(struct panel *panel)
{
	panel_restart(panel, SCREEN_THANKS);
	panel->session.left_ms = panel->now_ms + THANKS_MS;
}

/* Who hasn't got it on paper is asked before the number is gone for good. */
static void leave_ticket(struct panel *panel)
{
	if (panel->session.printed)
		finish(panel);
	else
		panel_go(panel, SCREEN_LEAVE);
}

static void compose_leave(struct panel *panel)
{
	view_line(&panel->view, PHRASE_LEAVE);
	view_choice(&panel->view, '1', PHRASE_LEAVE_YES);
	view_choice(&panel->view, '2', PHRASE_LEAVE_NO);
}

static void choose_leave(struct panel *panel, char digit, unsigned chapter)
{
	(void)chapter;
	if (digit == '1')
		finish(panel);
	else
		panel_go(panel, SCREEN_TICKET);
}

static void back_to_ticket(struct panel *panel)
{
	panel_go(panel, SCREEN_TICKET);
}

static void compose_thanks(struct panel *panel)
{
	view_centred(&panel->view);
	view_say(&panel->view, PHRASE_THANKS, NULL);
}

const struct screen_ops ticket_screens[SCREEN_COUNT] = {
	[SCREEN_TICKET] = { .hash = PHRASE_FINISH,
		.compose = compose_ticket,
		.choose = choose_ticket,
		.accept = leave_ticket,
		.back = leave_ticket },
	[SCREEN_LEAVE] = { .star = PHRASE_BACK,
		.compose = compose_leave,
		.choose = choose_leave,
		.back = back_to_ticket },
	[SCREEN_THANKS] = { .compose = compose_thanks, .accept = panel_wipe, .back = panel_wipe },
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check-texts LOCALEDIR: part of the build; exit 1 when a text wouldn't fit its SMS or display. */
#include "dialogue/budget.h"
#include "dialogue/dialogue.h"
#include "dialogue/language.h"
#include "panel/budget.h"
#include "panel/slip.h"

int main(int argc, char **argv)
{
	size_t faults = 0;

	if (argc != 2) {
		fputs("Usage: check-texts LOCALEDIR\n", stderr);
		return 2;
	}
	if (dialogue_init(argv[1]) < 0)
		return 1;
	for (size_t i = 0; language_codes[i]; i++) {
		faults += budget_faults(language_codes[i], stderr);
		faults += panel_budget_faults(language_codes[i], stderr);
		faults += slip_faults(language_codes[i], stderr);
	}
	if (faults > 0)
		fprintf(stderr, "texts that can't be said as they are: %zu; shorten or mend them\n",
			faults);
	return faults > 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * docs/conversations.md is what the real engine and store say in ten conversations.
 * KOTAK_WRITE=1 writes it anew.
 */
#include "tests/unit/talk_fixture.h"

#include <stdlib.h>

#include "base/cleanup.h"

#define PAGE "docs/conversations.md"
#define TICKETS_MAX 4
#define LINE_MAX_BYTES 512

/* One thing that happens. {1} and {pin1} are the first complaint's of this conversation. */
enum happening {
	SAYS,	  /* a message of the resident */
	HALVES,	  /* the same, but its second part never comes */
	ASIDE,	  /* a message from another number */
	ANSWER,	  /* the officer answers the first complaint */
	QUESTION, /* the officer asks about it */
	WAITS,	  /* two days pass */
	RESTART,  /* nothing of a session may be only in memory */
};

struct line {
	enum happening happening;
	const char *text;
};

struct conversation {
	const char *title, *who, *about;
	struct line lines[12];
};

static const struct conversation conversations[] = {
	{ "A lamp, from the first word to the rating", "Siti",
		"Siti's number is new here. She writes as she would to a neighbour.",
		{ { SAYS, "Assalamualaikum pak, mau lapor lampu jalan dpn mushola RT 4 mati sdh 2 "
			  "minggu" },
			{ SAYS, "Siti Aminah, dusun Karang RT 04" }, { SAYS, "makasih pak" },
			{ SAYS, "cek" }, { ANSWER, "Lampu sudah diganti hari ini." },
			{ SAYS, "NILAI 5" } } },
	{ "In Javanese", "Mbah Karto", "The language, once chosen, stays.",
		{ { SAYS, "basa jawa mawon" },
			{ SAYS, "Nyuwun sewu pak lurah, toya PAM mboten mili sampun tigang "
				"dinten" },
			{ SAYS, "asmo kulo Karto griyo dusun Dalangan" },
			{ SAYS, "pripun wadulan kula pak" },
			{ ANSWER, "Pipa sampun dipundandosi." }, { SAYS, "matur nuwun sanget" } } },
	{ "In English", "Ann", "Commands are the same words in every language.",
		{ { SAYS, "BAHASA EN" },
			{ SAYS, "The bridge to the school is broken and children walk through the "
				"river" },
			{ SAYS, "Ann Miller" }, { SAYS, "Jl. Wates km 5" }, { SAYS, "STATUS {1}" },
			{ SAYS, "INFO" } } },
	{ "Which of two", "Budi",
		"With two complaints under way an addition is never guessed to one of them. The "
		"kiosk "
		"may even be switched off in between.",
		{ { SAYS, "ADUAN got mampet di depan pasar" },
			{ SAYS, "Budi Santoso, Karangwuni RT 3" },
			{ SAYS, "LAPOR: tiang telepon miring di jalan Karang" },
			{ SAYS, "TAMBAH sudah ada motor yang kena" }, { RESTART, "" },
			{ SAYS, "nomor 1" }, { SAYS, "tambah {1} airnya masuk rumah" } } },
	{ "Afraid of being known", "Somebody",
		"Nobody has to give a name. Who asks for it is known to the verifying officer "
		"only.",
		{ { SAYS, "RAHASIA: pak dukuh minta uang untuk surat waris" },
			{ SAYS, "RAHASIA TIDAK" }, { SAYS, "rahasia {1}" } } },
	{ "Thought better of it", "Tini", "One word never ends a complaint.",
		{ { SAYS, "sampah numpuk di pinggir kali" }, { SAYS, "tidak mau sebut nama" },
			{ SAYS, "gak jadi pak, batalkan aduan saya" }, { SAYS, "ok" },
			{ SAYS, "ya" }, { SAYS, "TAMBAH {1} masih numpuk" } } },
	{ "It did not help", "Slamet",
		"A rating of one or two opens the complaint again; what is written beside it is "
		"kept.",
		{ { SAYS, "Aduan: saluran irigasi jebol, sawah kekeringan" },
			{ SAYS, "nama Slamet alamat Klegen RT 5" }, { SAYS, "nilai 5" },
			{ ANSWER, "Saluran sudah ditambal." }, { SAYS, "NILAI 1" },
			{ SAYS, "TAMBAH tambalannya jebol lagi kemarin" },
			{ SAYS, "kapan laporan saya ditangani?" } } },
	{ "An officer asks", "Warsito",
		"The question stays open while another complaint comes from the same number.",
		{ { SAYS, "kok blm dpt bansos pdhl tetangga dpt semua" },
			{ SAYS, "Warsito, Seworan RT 12" },
			{ QUESTION, "Atas nama siapa di kartu keluarga?" },
			{ SAYS, "ADUAN jalan ke makam ambles" },
			{ SAYS, "atas nama istri saya, Partinah" } } },
	{ "Another number", "Joko",
		"A ticket is read with its PIN from anywhere, and changed from its own number "
		"only.",
		{ { SAYS, "Permohonan informasi dana desa 2025 belum dijawab" },
			{ SAYS, "Joko / Kalisoka RT 1" }, { ASIDE, "CEK {1} {pin1}" },
			{ ASIDE, "cek {1} 0000" }, { ASIDE, "BATAL {1}" },
			{ ASIDE, "TAMBAH {1} saya juga belum dijawab" } } },
	{ "Lost and late", "Ponijo",
		"A part that never came, a question that nobody answered in time, announcements.",
		{ { HALVES, "Pak lurah yth, kami warga RT 11 keberatan karena truk galian lewat " },
			{ SAYS, "Ponijo, Dondong RT 11" },
			{ SAYS, "TAMBAH lewat jalan dusun tiap malam" }, { SAYS, "BATAL" },
			{ WAITS, "" }, { SAYS, "ya" }, { SAYS, "MULAI" }, { SAYS, "berhenti" },
			{ SAYS, "?" } } },
};

/* So that PINs are the same each time. */
static uint32_t drawn;

static const char *steady_name(void)
{
	return "steady";
}

static uint32_t steady_random(void)
{
	drawn = drawn * 1103515245U + 12345U;
	return drawn;
}

static void steady_buf(void *out, size_t size)
{
	uint8_t *bytes = out;

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(steady_random() >> 16);
}

static uint32_t steady_uniform(uint32_t bound)
{
	return (steady_random() >> 8) % bound;
}

static struct randombytes_implementation steady = {
	.implementation_name = steady_name,
	.random = steady_random,
	.uniform = steady_uniform,
	.buf = steady_buf,
};

struct page {
	FILE *out;
	struct kiosk_talk kiosk;
	int64_t before; /* complaints of earlier conversations */
	char sender[32];
};

/* The number or PIN of this conversation's first complaint; to be freed. */
static char *first_of(struct page *page, const char *column)
{
	autostatement sqlite3_stmt *statement = NULL;
	autofree char *sql = NULL;

	/* The cache of statements knows them by address: this one is of its own. */
	assert_true(asprintf(&sql,
			    "SELECT %s FROM complaint c JOIN complaint_personal p ON p.uuid ="
			    " c.uuid ORDER BY c.ticket LIMIT 1 OFFSET %lld",
			    column, (long long)page->before) > 0);
	assert_int_equal(
		sqlite3_prepare_v2(page->kiosk.store->db, sql, -1, &statement, NULL), SQLITE_OK);
	char *value =
		sqlite3_step(statement) == SQLITE_ROW ? store_column_copy(statement, 0) : NULL;
	sqlite3_finalize(take_pointer(statement));
	return value;
}

static void fill_in(struct page *page, const char *text, char out[static LINE_MAX_BYTES])
{
	static const struct {
		const char *place, *column;
	} places[] = { { "{1}", "c.ticket" }, { "{pin1}", "p.pin" } };

	snprintf(out, LINE_MAX_BYTES, "%s", text);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char *place = strstr(out, places[i].place);
		if (!place)
			continue;
		autofree char *value = first_of(page, places[i].column);
		autofree char *rest = strdup(place + strlen(places[i].place));
		assert_non_null(value);
		assert_non_null(rest);
		snprintf(place, LINE_MAX_BYTES - (size_t)(place - out), "%s%s", value, rest);
	}
}

static void write_line(struct page *page, const char *who, const char *text)
{
	fprintf(page->out, "**%s:** %s\\\n", who, text);
}

static void decide(struct page *page, const char *type, const char *text)
{
	autofree char *ticket = first_of(page, "c.ticket");
	char more[LINE_MAX_BYTES];

	fprintf(page->out, "*The officer %s: %s*\\\n",
		strcmp(type, "answer") == 0 ? "answers" : "asks", text);
	snprintf(more, sizeof(more), "\"text\": \"%s\"", text);
	write_line(page, "Kotak", office(&page->kiosk, type, ticket, more));
}

static void happen(
	struct page *page, const struct conversation *conversation, const struct line *line)
{
	char text[LINE_MAX_BYTES];
	const char *reply = NULL;

	fill_in(page, line->text, text);
	switch (line->happening) {
	case SAYS:
	case HALVES:
		write_line(page, conversation->who, text);
		if (line->happening == HALVES)
			fputs("*(the rest of the message never arrives)*\\\n", page->out);
		reply = kiosk_hears(&page->kiosk, page->sender, text, line->happening == HALVES);
		write_line(page, "Kotak", reply ? reply : "(silence)");
		break;
	case ASIDE:
		write_line(page, "From another number", text);
		reply = say(&page->kiosk, NEIGHBOUR, text);
		write_line(page, "Kotak", reply ? reply : "(silence)");
		break;
	case ANSWER:
		decide(page, "answer", text);
		break;
	case QUESTION:
		decide(page, "question", text);
		break;
	case WAITS:
		fputs("*Two days pass.*\\\n", page->out);
		page->kiosk.at.now_ms += 48 * HOUR_MS;
		break;
	case RESTART:
		fputs("*The kiosk is switched off and on.*\\\n", page->out);
		store_close(page->kiosk.store);
		kiosk_open(&page->kiosk);
		break;
	}
}

static void write_page(struct page *page)
{
	fputs("# Ten conversations\n\n"
	      "What residents write and what Kotak answers, as the engine and the store say it:\n"
	      "this page is written by `tests/unit/test_dialogue_transcripts.c`, which also "
	      "checks\n"
	      "that it is still true. Every answer is one SMS.\n",
		page->out);
	for (size_t i = 0; i < ARRAY_SIZE(conversations); i++) {
		const struct conversation *conversation = &conversations[i];
		page->before = kiosk_count(&page->kiosk, "SELECT count(*) FROM complaint");
		snprintf(page->sender, sizeof(page->sender), "+62812000000%02zu", i + 1);
		page->kiosk.at.now_ms += 2 * HOUR_MS;
		fprintf(page->out, "\n## %zu. %s\n%s\n\n", i + 1, conversation->title,
			conversation->about);
		for (size_t n = 0;
			n < ARRAY_SIZE(conversation->lines) && conversation->lines[n].text; n++)
			happen(page, conversation, &conversation->lines[n]);
	}
}

/* The whole file; to be freed. NULL when there is none. */
static char *read_page(void)
{
	autofile FILE *file = fopen(PAGE, "re");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		return NULL;
	if (getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		return NULL;
	}
	return text;
}

static void test_the_page_is_true(void **state)
{
	char folder[] = "/tmp/kotak-page-XXXXXX";
	static const char *const files[] = { "", "-wal", "-shm" };
	struct page page = { 0 };
	char *text = NULL;
	size_t size = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	kiosk_begin(&page.kiosk);
	store_close(page.kiosk.store);
	snprintf(page.kiosk.path, sizeof(page.kiosk.path), "%s/kotak.db", folder);
	kiosk_open(&page.kiosk);
	page.out = open_memstream(&text, &size);
	assert_non_null(page.out);
	write_page(&page);
	assert_int_equal(fclose(page.out), 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char path[96];
		snprintf(path, sizeof(path), "%s%s", page.kiosk.path, files[i]);
		unlink(path);
	}
	rmdir(folder);
	kiosk_end(&page.kiosk);
	if (getenv("KOTAK_WRITE")) {
		autofile FILE *file = fopen(PAGE, "we");
		assert_non_null(file);
		assert_true(fputs(text, file) >= 0);
	}
	autofree char *kept = read_page();
	assert_non_null(kept);
	if (strcmp(kept, text) != 0)
		fail_msg("%s isn't what is said any more: see what changed with KOTAK_WRITE=1 and "
			 "git diff",
			PAGE);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_the_page_is_true) };
	const char *build = getenv("KOTAK_BUILD");
	char locale[256];

	cmocka_set_message_output(CM_OUTPUT_TAP);
	snprintf(locale, sizeof(locale), "%s/locale", build ? build : "build");
	if (randombytes_set_implementation(&steady) < 0 || sodium_init() < 0 ||
		dialogue_init(locale) < 0)
		return 1;
	return cmocka_run_group_tests_name("dialogue transcripts", tests, NULL, NULL);
}

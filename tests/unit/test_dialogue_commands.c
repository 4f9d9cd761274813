/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every word of the grammar against the real store: what is answered, changed and recorded. */
#include "tests/unit/talk_fixture.h"

#define EVENTS(type) "SELECT count(*) FROM event WHERE type = '" type "'"
#define STATE(ticket, state)                                                                       \
	"SELECT count(*) FROM complaint WHERE ticket LIKE '" ticket "%' AND state = '" state "'"

static int begin(void **state)
{
	struct kiosk_talk *kiosk = calloc(1, sizeof(*kiosk));

	assert_non_null(kiosk);
	kiosk_begin(kiosk);
	*state = kiosk;
	return 0;
}

static int end(void **state)
{
	kiosk_end(*state);
	free(*state);
	return 0;
}

/* Someone whose name and address are known, with so many complaints. */
static void complain(struct kiosk_talk *kiosk, int complaints)
{
	char text[64];

	assert_int_equal(
		store_contact_learn(kiosk->store, RESIDENT, "Siti Aminah", "Karang RT 02", 1), 0);
	for (int i = 0; i < complaints; i++) {
		snprintf(text, sizeof(text), "Jalan nomor %d di dusun kami rusak parah", i + 1);
		has(say(kiosk, RESIDENT, text), "PIN");
	}
}

/* A text with the ticket of the first complaint in it. */
static const char *say_with(struct kiosk_talk *kiosk, const char *sender, const char *before,
	int64_t number, const char *after)
{
	autofree char *ticket = ticket_of(kiosk, number);
	autofree char *text = NULL;

	assert_true(asprintf(&text, "%s%s%s", before, ticket, after) > 0);
	return say(kiosk, sender, text);
}

static void resolve(struct kiosk_talk *kiosk, int64_t number)
{
	autofree char *ticket = ticket_of(kiosk, number);

	has(office(kiosk, "answer", ticket, "\"to\": \"resolved\", \"text\": \"Sudah.\""),
		"Sudah.");
}

static void test_addition(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 1);
	has(say(kiosk, RESIDENT, "TAMBAH tiangnya di depan pos"), "003-000001-");
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint"), 1);
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.details")), 1);
	assert_int_equal(
		kiosk_count(kiosk, "SELECT count(*) FROM event_personal WHERE"
				   " json_extract (body, '$.text') = 'tiangnya di depan pos'"),
		1);
	has(say_with(kiosk, RESIDENT, "tambah ", 1, " lampunya pecah"), "003-000001-");
	/* Without words it explains itself and changes nothing. */
	has(say(kiosk, RESIDENT, "TAMBAH"), "contoh: TAMBAH");
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.details")), 2);
	/* Somebody else's ticket is refused in words that tell nothing. */
	autofree char *refusal =
		strdup(say_with(kiosk, NEIGHBOUR, "TAMBAH ", 1, " saya juga melihatnya"));
	has(refusal, "Maaf");
	char unknown[TICKET_SIZE];
	autofree char *text = NULL;
	assert_return_code(ticket_format(unknown, 3, 777), 0);
	assert_true(asprintf(&text, "TAMBAH %s saya juga melihatnya", unknown) > 0);
	assert_string_equal(say(kiosk, NEIGHBOUR, text), refusal);
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.details")), 2);
	/* With nothing under way it is a complaint. */
	has(say(kiosk, NEIGHBOUR, "TAMBAH lampu di RT 9 juga mati"), "003-000002-");
}

static void test_addition_to_which(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 2);
	has(say(kiosk, RESIDENT, "TAMBAH lampunya juga pecah"), "1) 003-000002-");
	has(kiosk->reply, "2) 003-000001-");
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.details")), 0);
	/* Another one waits with it. */
	has(say(kiosk, RESIDENT, "TAMBAH kabelnya putus"), "1) 003-000002-");
	/* Other talk doesn't push it aside, nor another complaint. */
	has(say(kiosk, RESIDENT, "terima kasih"), "Sama-sama");
	has(say(kiosk, RESIDENT, "9"), "Tiket yang mana");
	has(say(kiosk, RESIDENT, "pohon tumbang di jalan menuju makam"), "003-000003-");
	has(say(kiosk, RESIDENT, "RAHASIA"), "sebutkan juga nomor");
	has(say(kiosk, RESIDENT, "yang kedua pak"), "003-000001-");
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.details")), 1);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM event_personal WHERE"
					    " json_extract (body, '$.text') ="
					    " 'lampunya juga pecah' || char (10) ||"
					    " 'kabelnya putus'"),
		1);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM session"), 0);
	/* A mistyped number asks too: the words are not lost. */
	has(say(kiosk, RESIDENT, "TAMBAH 003-000001-1 dekat jembatan"), "1) 003-000003-");
	has(say_with(kiosk, RESIDENT, "", 2, ""), "003-000002-");
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.details")), 2);
}

/* "tambah lampu …" may be an addition or a wish of its own: that isn't guessed. */
static void test_addition_or_complaint(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 1);
	has(say(kiosk, RESIDENT, "tambah lampu jalan di RT 5 pak"), "2) aduan baru");
	has(say(kiosk, RESIDENT, "2"), "003-000002-");
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint_personal WHERE text ="
					    " 'tambah lampu jalan di RT 5 pak'"),
		1);
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.details")), 0);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM session"), 0);
	has(say(kiosk, RESIDENT, "tambah petugas loket"), "3) aduan baru");
	has(say(kiosk, RESIDENT, "4"), "3) aduan baru");
	has(say(kiosk, RESIDENT, "1"), "tiket 003-000002-");
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.details")), 1);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint"), 2);
}

static void test_unanswered_addition_becomes_a_complaint(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 2);
	has(say(kiosk, RESIDENT, "TAMBAH lampunya juga pecah"), "1)");
	int64_t sent = kiosk_count(kiosk, "SELECT count(*) FROM outgoing_sms");
	kiosk->at.now_ms += DIALOGUE_CHOICE_MS + 1;
	assert_return_code(store_begin(kiosk->store), 0);
	assert_int_equal(intake_overdue(&kiosk->intake, &kiosk->at, 0), 0);
	assert_int_equal(intake_overdue(&kiosk->intake, &kiosk->at, 0), 0);
	assert_return_code(store_commit(kiosk->store), 0);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint"), 3);
	autofree char *told = kiosk_sent(kiosk, sent);
	has(told, "dicatat sebagai aduan baru");
	has(told, "003-000003-");
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM outgoing_sms"), sent + 1);
	/* The same when the next message comes before housekeeping. */
	has(say(kiosk, RESIDENT, "TAMBAH ini juga"), "1)");
	kiosk->at.now_ms += DIALOGUE_CHOICE_MS + 1;
	say(kiosk, RESIDENT, "CEK 1");
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint"), 4);
}

static void test_rating(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 1);
	has(say(kiosk, RESIDENT, "NILAI 5"), "Belum ada aduan");
	has(say(kiosk, RESIDENT, "NILAI"), "contoh: NILAI 4");
	has(say_with(kiosk, RESIDENT, "NILAI ", 1, " 5"), "diterima");
	resolve(kiosk, 1);
	has(say(kiosk, RESIDENT, "NILAI 7"), "contoh: NILAI 4");
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.rated")), 0);
	has(say(kiosk, RESIDENT, "nilai 4"), "Nilai 4");
	assert_int_equal(kiosk_count(kiosk, "SELECT rating FROM complaint"), 4);
	assert_int_equal(kiosk_count(kiosk, STATE("003-000001", "resolved")), 1);
	has(say_with(kiosk, NEIGHBOUR, "NILAI ", 1, " 1"), "Maaf");
	assert_int_equal(kiosk_count(kiosk, "SELECT rating FROM complaint"), 4);
	/* A bad one opens it again, and says so. */
	has(say_with(kiosk, RESIDENT, "NILAI 2 ", 1, ""), "dibuka kembali");
	assert_int_equal(kiosk_count(kiosk, STATE("003-000001", "reopened")), 1);
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.rated")), 2);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM event WHERE type ="
					    " 'complaint.state' AND actor = 'complainant'"),
		1);
	has(say(kiosk, RESIDENT, "NILAI 1"), "Belum ada aduan");
}

static void test_rating_of_a_closed_one(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 2);
	resolve(kiosk, 1);
	resolve(kiosk, 2);
	autofree char *ticket = ticket_of(kiosk, 1);
	office(kiosk, "state", ticket, "\"to\": \"closed\"");
	has(say(kiosk, RESIDENT, "NILAI 1"), "2) 003-000001-");
	has(say(kiosk, RESIDENT, "2"), "Nilai 1 dicatat");
	assert_int_equal(kiosk_count(kiosk, STATE("003-000001", "closed")), 1);
	assert_int_equal(kiosk_count(kiosk, STATE("003-000002", "resolved")), 1);
}

static void test_question_of_satisfaction(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 1);
	resolve(kiosk, 1);
	autofree char *ticket = ticket_of(kiosk, 1);
	assert_int_equal(store_session_set(kiosk->store, "sms", RESIDENT,
				 dialogue_topic_name(DIALOGUE_AWAIT_RATING), ticket,
				 kiosk->at.now_ms + DIALOGUE_RATING_MS),
		0);
	has(say(kiosk, RESIDENT, "lumayan pak"), "contoh: NILAI 4");
	/* The words beside it are kept with the ticket. */
	has(say(kiosk, RESIDENT, "nilai 1 masih bocor"), "dibuka kembali");
	assert_int_equal(kiosk_count(kiosk, "SELECT rating FROM complaint"), 1);
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.details")), 1);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM session"), 0);
}

static void test_withdrawal(void **state)
{
	struct kiosk_talk *kiosk = *state;

	has(say(kiosk, RESIDENT, "BATAL"), "Tidak ada aduan");
	complain(kiosk, 1);
	has(say(kiosk, RESIDENT, "BATAL"), "Balas YA");
	has(say(kiosk, RESIDENT, "ok"), "Balas YA");
	has(say(kiosk, RESIDENT, "tidak jadi pak"), "tidak dibatalkan");
	has(say(kiosk, RESIDENT, "ya"), "Baik");
	assert_int_equal(kiosk_count(kiosk, STATE("003-000001", "received")), 1);
	/* Who goes on to something else doesn't withdraw with a later word. */
	has(say(kiosk, RESIDENT, "batalkan aduan saya"), "Balas YA");
	has(say(kiosk, RESIDENT, "selokan di RT 3 juga mampet"), "003-000002-");
	say(kiosk, RESIDENT, "ya");
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint WHERE state ="
					    " 'withdrawn'"),
		0);
	has(say(kiosk, RESIDENT, "BATAL"), "1) 003-000002-");
	has(say(kiosk, RESIDENT, "2"), "Batalkan tiket 003-000001-");
	has(say(kiosk, RESIDENT, "YA"), "dibatalkan atas permintaan");
	assert_int_equal(kiosk_count(kiosk, STATE("003-000001", "withdrawn")), 1);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM event WHERE type ="
					    " 'complaint.state' AND actor = 'complainant' AND"
					    " json_extract (data, '$.to') = 'withdrawn'"),
		1);
	has(say_with(kiosk, RESIDENT, "BATAL ", 1, ""), "dibatalkan, jadi tidak ada");
	has(say_with(kiosk, NEIGHBOUR, "BATAL ", 2, ""), "Maaf");
	has(say_with(kiosk, NEIGHBOUR, "BATAL ", 2, " 1234"), "Maaf");
	/* What has ended takes no more words: they are a new complaint. */
	has(say_with(kiosk, RESIDENT, "TAMBAH ", 1, " rusaknya bertambah"), "003-000003-");
}

static void test_withdrawal_the_office_was_faster(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 1);
	has(say(kiosk, RESIDENT, "BATAL"), "Balas YA");
	resolve(kiosk, 1);
	has(say(kiosk, RESIDENT, "YA"), "selesai ditangani, jadi tidak ada");
	assert_int_equal(kiosk_count(kiosk, STATE("003-000001", "resolved")), 1);
}

static void test_confidential(void **state)
{
	struct kiosk_talk *kiosk = *state;

	has(say(kiosk, RESIDENT, "RAHASIA"), "berikutnya dirahasiakan");
	has(say(kiosk, RESIDENT, "pak dukuh minta uang untuk surat waris"), "Aduan rahasia");
	assert_int_equal(kiosk_count(kiosk, "SELECT confidential FROM complaint"), 1);
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.confidential")), 1);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM session"), 0);
	has(say(kiosk, RESIDENT, "RAHASIA TIDAK"), "tidak dirahasiakan lagi");
	assert_int_equal(kiosk_count(kiosk, "SELECT confidential FROM complaint"), 0);
	has(say(kiosk, NEIGHBOUR, "RAHASIA: bendahara memakai uang desa"), "Aduan rahasia");
	has(say_with(kiosk, NEIGHBOUR, "RAHASIA ", 1, ""), "Maaf");
	assert_int_equal(kiosk_count(kiosk, "SELECT sum (confidential) FROM complaint"), 1);
	has(say_with(kiosk, RESIDENT, "RAHASIA ", 1, ""), "dirahasiakan");
	assert_int_equal(kiosk_count(kiosk, "SELECT sum (confidential) FROM complaint"), 2);
}

static void test_language(void **state)
{
	struct kiosk_talk *kiosk = *state;

	has(say(kiosk, RESIDENT, "BAHASA"), "BAHASA JV");
	complain(kiosk, 1);
	has(say(kiosk, RESIDENT, "bahasa inggris"), "From now on we write in English");
	has(say(kiosk, RESIDENT, "CEK"), "Ticket");
	autofree char *ticket = ticket_of(kiosk, 1);
	has(office(kiosk, "state", ticket, "\"to\": \"verified\""), "Ticket");
	has(say(kiosk, RESIDENT, "BAHASA JV"), "Basa Jawi");
	has(say(kiosk, RESIDENT, "ADUAN kali mambu"), "katampi");
	has(say(kiosk, NEIGHBOUR, "INFO"), "hak Anda");
	assert_int_equal(kiosk_count(kiosk, EVENTS("contact.language")), 2);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM event_personal WHERE"
					    " json_extract (body, '$.from') = '" RESIDENT "'"
					    " AND json_extract (body, '$.text') IS NULL"),
		2);
	/* No word of it names anybody outside the erasable part. */
	assert_int_equal(
		kiosk_count(kiosk, "SELECT count(*) FROM event WHERE data LIKE '%81234567890%'"),
		0);
}

static void test_consent(void **state)
{
	struct kiosk_talk *kiosk = *state;

	assert_int_equal(store_contact_agreed(kiosk->store, RESIDENT), 0);
	has(say(kiosk, RESIDENT, "MULAI"), "Pengumuman");
	assert_int_equal(store_contact_agreed(kiosk->store, RESIDENT), 1);
	has(office(kiosk, "announce", "", "\"text\": \"Kerja bakti Minggu\""), "Kerja bakti");
	has(say(kiosk, RESIDENT, "stop"), "tidak dikirim lagi");
	assert_int_equal(store_contact_agreed(kiosk->store, RESIDENT), 0);
	assert_null(office(kiosk, "announce", "", "\"text\": \"Kerja bakti lagi\""));
	assert_int_equal(kiosk_count(kiosk, EVENTS("contact.consent")), 2);
}

/* An officer's question outlives the short ones asked before it is answered. */
static void test_question_stays(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 2);
	autofree char *ticket = ticket_of(kiosk, 1);
	has(office(kiosk, "question", ticket, "\"text\": \"Di dusun mana?\""), "Di dusun mana?");
	has(say(kiosk, RESIDENT, "ADUAN lampu mati semua"), "003-000003-");
	has(say_with(kiosk, RESIDENT, "BATAL ", 3, ""), "Balas YA");
	has(say(kiosk, RESIDENT, "YA"), "dibatalkan atas permintaan");
	has(say(kiosk, RESIDENT, "NILAI 4"), "Belum ada aduan");
	has(say(kiosk, RESIDENT, "TAMBAH dekat jembatan"), "003-000001-");
	assert_int_equal(kiosk_count(kiosk, STATE("003-000001", "received")), 1);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM session"), 0);
	/* The same, with the question pushed aside by a text that answers it. */
	has(office(kiosk, "question", ticket, "\"text\": \"Sejak kapan?\""), "Sejak kapan?");
	has(say_with(kiosk, RESIDENT, "BATAL ", 2, ""), "Balas YA");
	has(say(kiosk, RESIDENT, "sejak hari raya kemarin"), "Jawaban Anda dicatat");
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM session"), 0);
	assert_int_equal(kiosk_count(kiosk, STATE("003-000002", "received")), 1);
}

static void test_late_short_answers(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 1);
	has(say(kiosk, RESIDENT, "BATAL"), "Balas YA");
	kiosk->at.now_ms += DIALOGUE_CHOICE_MS + 1;
	has(say(kiosk, RESIDENT, "YA"), "sudah lewat waktunya");
	assert_int_equal(kiosk_count(kiosk, STATE("003-000001", "received")), 1);
	has(say(kiosk, RESIDENT, "lampu jalan di RT 9 mati"), "003-000002-");
}

static void test_several_asked_for(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 7);
	has(say(kiosk, RESIDENT, "CEK"), "5) 003-000003-");
	has(say(kiosk, RESIDENT, "5"), "Tiket 003-000003-");
	has(say(kiosk, RESIDENT, "CEK"), "1) 003-000007-");
	/* One that wasn't offered may be named too. */
	has(say_with(kiosk, RESIDENT, "", 1, ""), "Tiket 003-000001-");
	has(say(kiosk, RESIDENT, "BATAL"), "1) 003-000007-");
	has(say_with(kiosk, RESIDENT, "CEK ", 2, ""), "Tiket 003-000002-");
	assert_int_equal(
		kiosk_count(kiosk, "SELECT count(*) FROM complaint WHERE state = 'received'"), 7);
}

static void test_parts_that_never_came(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 1);
	has(kiosk_hears(kiosk, RESIDENT, "TAMBAH tiang yang pertama ada di ", 1),
		"Sebagian SMS Anda tidak sampai");
	has(kiosk_hears(kiosk, NEIGHBOUR, "Jalan rusak di dusun kami mulai dari ", 1),
		"Sebagian SMS Anda tidak sampai");
	has(kiosk_hears(kiosk, RESIDENT, "RAHASIA: pak dukuh minta uang dan ", 1),
		"Sebagian SMS Anda tidak sampai");
}

static void test_a_session_survives_the_night(void **state)
{
	struct kiosk_talk *kiosk = *state;
	char folder[] = "/tmp/kotak-talk-XXXXXX";

	kiosk_end(kiosk);
	assert_non_null(mkdtemp(folder));
	kiosk_begin(kiosk);
	store_close(kiosk->store);
	snprintf(kiosk->path, sizeof(kiosk->path), "%s/kotak.db", folder);
	kiosk_open(kiosk);
	complain(kiosk, 2);
	has(say(kiosk, RESIDENT, "TAMBAH airnya keruh"), "1)");
	store_close(kiosk->store);
	kiosk_open(kiosk);
	has(say(kiosk, RESIDENT, "2"), "003-000001-");
	has(say(kiosk, RESIDENT, "BATAL"), "1)");
	has(say(kiosk, RESIDENT, "1"), "Batalkan tiket 003-000002-");
	store_close(kiosk->store);
	kiosk_open(kiosk);
	has(say(kiosk, RESIDENT, "ya"), "dibatalkan atas permintaan");
	store_close(kiosk->store);
	kiosk->store = NULL;
	unlink(kiosk->path);
	char beside[80];
	snprintf(beside, sizeof(beside), "%s-wal", kiosk->path);
	unlink(beside);
	snprintf(beside, sizeof(beside), "%s-shm", kiosk->path);
	unlink(beside);
	assert_int_equal(rmdir(folder), 0);
}

/* What a session remembers may come from another version, or be damaged. */
static void test_strange_session_data(void **state)
{
	static const char *const data[] = { NULL, "", "{", "[]", "7", "null", "{\"action\": 7}",
		"{\"action\": \"addition\"}", "{\"action\": \"help\", \"tickets\": [1, \"x\"]}",
		"{\"action\": \"rating\", \"rating\": 99, \"tickets\": [\"003-000001-8\"]}",
		"{\"action\": \"withdrawal\", \"before\": {\"topic\": \"choice\", \"data\": 3}}",
		"{\"action\": \"status\", \"tickets\": [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]}",
		"{\"action\": \"complaint\", \"text\": \"x\", \"tickets\": [\"003-000001-8\"]}" };
	static const char *const texts[] = { "1", "003-000001-8", "YA", "tidak", "CEK", "TAMBAH x",
		"jalan rusak berat" };
	static const char *const topics[] = { "choice", "confirm", "rating", "confidential",
		"weather" };
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 1);
	for (size_t i = 0; i < ARRAY_SIZE(data); i++) {
		for (size_t n = 0; n < ARRAY_SIZE(texts) * ARRAY_SIZE(topics); n++) {
			struct session session = { .topic = (char *)topics[n % ARRAY_SIZE(topics)],
				.data = (char *)data[i],
				.ticket = "003-000001-8",
				.expires_ms = kiosk->at.now_ms + HOUR_MS };
			/* The same words over and over are a machine's, within an hour. */
			kiosk->at.now_ms += HOUR_MS;
			session.expires_ms += HOUR_MS;
			assert_int_equal(
				store_session_put(kiosk->store, "sms", RESIDENT, &session), 0);
			assert_non_null(say(kiosk, RESIDENT, texts[n / ARRAY_SIZE(topics)]));
		}
	}
}

/* Words of the grammar, turned against it. */
static void test_hostile_commands(void **state)
{
	static const char *const texts[] = { "TAMBAH '; DROP TABLE complaint; --",
		"TAMBAH {ticket} %s %n {pin}", "NILAI -1", "NILAI 4294967297",
		"NILAI 5 5 5 5 5 5 5", "NILAI 99999999999999999999999999999999999999999",
		"BATAL BATAL BATAL BATAL", "BATAL 1' OR '1'='1", "BAHASA ../../etc/passwd",
		"BAHASA id jv en id jv en", "BAHASA \xC3\xA9", "RAHASIA RAHASIA RAHASIA",
		"BERHENTI MULAI BERHENTI", "CEK * FROM",
		"TAMBAH 0000000000000000000000000000000000000000000000000 x", "TAMBAH\n\n\n\nx",
		"YA YA YA YA YA YA YA YA YA YA", "1) 2) 3)", "INFO INFO INFO INFO INFO INFO" };
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 3);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_non_null(say(kiosk, RESIDENT, texts[i]));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_non_null(say(kiosk, NEIGHBOUR, texts[i]));
	/* None of them withdrew or rated anything. */
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint WHERE state <>"
					    " 'received' OR rating IS NOT NULL"),
		0);
	int64_t events = 0;
	autofree char *fault = NULL;
	assert_int_equal(store_verify(kiosk->store, &events, &fault), 0);
}

/* The log alone brings back what complainants decided. */
static void test_decisions_are_replayed(void **state)
{
	struct kiosk_talk *kiosk = *state;

	complain(kiosk, 2);
	has(say_with(kiosk, RESIDENT, "RAHASIA ", 1, ""), "dirahasiakan");
	resolve(kiosk, 2);
	has(say(kiosk, RESIDENT, "NILAI 2"), "dibuka kembali");
	say(kiosk, RESIDENT, "BAHASA JV");
	say(kiosk, RESIDENT, "MULAI");
	assert_true(store_run(kiosk->store,
			    "UPDATE complaint SET confidential = 0, rating = NULL,"
			    " language = 'id'",
			    "") > 0);
	assert_true(store_run(kiosk->store, "DELETE FROM contact", "") > 0);
	assert_return_code(store_replay(kiosk->store), 0);
	assert_int_equal(kiosk_count(kiosk, "SELECT confidential FROM complaint WHERE ticket LIKE"
					    " '003-000001-%'"),
		1);
	assert_int_equal(kiosk_count(kiosk, "SELECT rating FROM complaint WHERE ticket LIKE"
					    " '003-000002-%'"),
		2);
	assert_int_equal(
		kiosk_count(kiosk, "SELECT count(*) FROM complaint WHERE language = 'jv'"), 2);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM contact WHERE language = 'jv'"
					    " AND announcements = 1"),
		1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_addition),
		TEST(test_addition_to_which),
		TEST(test_addition_or_complaint),
		TEST(test_unanswered_addition_becomes_a_complaint),
		TEST(test_rating),
		TEST(test_rating_of_a_closed_one),
		TEST(test_question_of_satisfaction),
		TEST(test_withdrawal),
		TEST(test_withdrawal_the_office_was_faster),
		TEST(test_confidential),
		TEST(test_language),
		TEST(test_consent),
		TEST(test_question_stays),
		TEST(test_late_short_answers),
		TEST(test_several_asked_for),
		TEST(test_parts_that_never_came),
		TEST(test_a_session_survives_the_night),
		TEST(test_strange_session_data),
		TEST(test_hostile_commands),
		TEST(test_decisions_are_replayed),
	};
	const char *build = getenv("KOTAK_BUILD");
	char locale[256];

	cmocka_set_message_output(CM_OUTPUT_TAP);
	snprintf(locale, sizeof(locale), "%s/locale", build ? build : "build");
	if (sodium_init() < 0 || dialogue_init(locale) < 0)
		return 1;
	return cmocka_run_group_tests_name("dialogue commands", tests, NULL, NULL);
}

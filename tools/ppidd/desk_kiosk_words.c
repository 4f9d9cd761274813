/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people call what may be the matter with a kiosk, and what helps. */
#include <string.h>

#include "tools/ppidd/alarm.h"
#include "tools/ppidd/desk_kiosk.h"
#include "tools/ppidd/record.h"

#define TIME_WORDS 40

struct word {
	const char *name, *words;
};

static const char *find_word(const struct word *words, const char *name)
{
	while (words->name && strcmp(words->name, name) != 0)
		words++;
	return words->name ? words->words : name;
}

const char *kiosk_words(const json_t *kiosk, const char **class)
{
	const char *state = record_words(kiosk, "state");
	int64_t worst = record_number(kiosk, "worst");

	*class = "state referred";
	if (strcmp(state, "revoked") == 0)
		return "Dicabut";
	if (strcmp(state, "new") == 0)
		return "Belum didaftarkan";
	*class = worst >= ALARM_WORST ? "due late" : worst > 0 ? "due soon" : "state resolved";
	return worst >= ALARM_WORST ? "Tidak bekerja" : worst > 0 ? "Perlu perhatian" : "Baik";
}

static void balance_words(FILE *out, const json_t *alarm)
{
	const char *until = record_text(alarm, "valid_until");
	char amount[MONEY_SIZE], date[TIME_WORDS];

	html(out, "Pulsa %s", record_words(alarm, "subject"));
	if (json_is_integer(json_object_get(alarm, "amount")))
		html(out, " tinggal %s", word_rupiah(record_number(alarm, "amount"), amount));
	else
		html(out, " hampir habis");
	if (until)
		html(out, ", berlaku sampai %s", word_date(until, date));
}

void alarm_words(FILE *out, const json_t *alarm)
{
	/* Before and behind the modem's name. */
	static const struct {
		const char *kind, *before, *behind;
	} known[] = {
		{ "silent", "Lama tidak ada kabar dari kotak", NULL },
		{ "modem", "Modem ", " tidak menjawab" },
		{ "sim", "Kartu SIM di modem ", " tidak ada atau rusak" },
		{ "sim-refused", "Kartu SIM di modem ", " ditolak atau terkunci" },
		{ "no-network", "Modem ", " lebih dari satu jam tanpa jaringan" },
		{ "disk", "Kartu memori kotak penuh atau rusak", NULL },
		{ "panel", "Layar atau tombol kotak bermasalah", NULL },
		{ "paper", "Kertas struk habis", NULL },
		{ "printer", "Printer struk bermasalah", NULL },
		{ "clock", "Jam kotak belum tepat lebih dari satu jam", NULL },
		{ "old-version", "Program kotak lebih lama daripada kebanyakan kotak lain", NULL },
	};
	const char *kind = record_words(alarm, "kind");
	const char *subject = record_words(alarm, "subject");

	if (strcmp(kind, "balance") == 0) {
		balance_words(out, alarm);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].kind, kind) != 0)
			continue;
		if (known[i].behind)
			html(out, "%s%s%s", known[i].before, subject, known[i].behind);
		else
			html(out, "%s", known[i].before);
		return;
	}
	html(out, "Ada bagian yang tidak bekerja: %s", subject);
}

const char *alarm_advice(const char *kind)
{
	static const struct word advice[] = {
		{ "silent", "Periksa listrik dan internet di tempat kotak. Aduan yang masuk tetap "
			    "disimpan kotak dan dikirim bila tersambung lagi." },
		{ "modem", "Periksa kabel dan daya modem di dalam kotak." },
		{ "sim", "Matikan kotak, pasang kartu SIM, lalu nyalakan lagi." },
		{ "sim-refused",
			"Pasang kartu di HP untuk membuka kuncinya, cocokkan PIN di pengaturan "
			"kotak, atau tanyakan kepada operator apakah kartu masih aktif." },
		{ "no-network", "Periksa antena dan letak kotak, dan apakah masa aktif kartu sudah "
				"lewat." },
		{ "disk", "Minta teknisi mengosongkan atau mengganti kartu memori (SD)." },
		{ "balance", "Isi pulsa. Sampai terisi, pengumuman ditahan dahulu, lalu jawaban; "
			     "nomor tiket tetap dikirim paling akhir." },
		{ "panel", "Minta teknisi memeriksa kabel layar dan tombol." },
		{ "paper", "Pasang gulungan kertas termal 58 mm." },
		{ "printer", "Periksa kabel, daya, dan tutup printer." },
		{ "clock", "Jam menyetel sendiri dari jaringan seluler atau internet: periksa "
			   "antena dan sambungannya." },
		{ "old-version", "Minta teknisi memperbarui program kotak." },
		{ NULL, NULL },
	};
	const char *found = find_word(advice, kind);

	return found == kind ? "Minta teknisi melihat kotak (kotakctl status)." : found;
}

void fault_words(FILE *out, const json_t *fault)
{
	static const struct word items[] = { { "modem", "Modem" }, { "balance", "Pulsa" },
		{ "panel", "Layar dan tombol" }, { "printer", "Printer struk" },
		{ "storage", "Kartu memori" }, { "clock", "Jam" }, { NULL, NULL } };
	static const struct word faults[] = {
		{ "no-answer", "tidak menjawab" },
		{ "sim-missing", "kartu SIM tidak terpasang" },
		{ "sim-pin", "kartu SIM meminta PIN" },
		{ "sim-pin-wrong", "PIN kartu SIM salah" },
		{ "sim-puk", "kartu SIM terkunci (PUK)" },
		{ "sim-fault", "kartu SIM rusak" },
		{ "denied", "ditolak jaringan" },
		{ "no-network", "tanpa jaringan" },
		{ "low", "hampir habis, atau masa berlakunya hampir lewat" },
		{ "not-understood", "jawaban operator tidak terbaca" },
		{ "process", "programnya tidak berjalan" },
		{ "devices", "kabel atau alatnya bermasalah" },
		{ "unknown", "keadaannya belum diketahui" },
		{ "absent", "tidak tersambung" },
		{ "paper out", "kertas habis" },
		{ "cover open", "tutupnya terbuka" },
		{ "fault", "macet atau rusak" },
		{ "full", "hampir penuh" },
		{ "not-written", "tidak dapat ditulisi" },
		{ "unreadable", "tidak terbaca" },
		{ "guess", "belum disetel jaringan" },
		{ NULL, NULL },
	};
	autofree char *item = strdup(record_words(fault, "item"));
	char time[TIME_WORDS];

	if (!item)
		return;
	char *name = strchr(item, ' ');
	if (name)
		*name++ = '\0';
	html(out, "%s%s%s: %s (sejak %s)", find_word(items, item), name ? " " : "", name,
		find_word(faults, record_words(fault, "fault")),
		word_time(record_text(fault, "since"), time));
}

const char *alert_words(const char *kind)
{
	if (strcmp(kind, "changed-event") == 0)
		return "mengirim catatan lama dengan isi yang berubah. Catatan itu ditolak; "
		       "periksa kotaknya";
	if (strcmp(kind, "fork") == 0)
		return "melanjutkan dari cadangan lama (kartu dipulihkan atau digandakan)";
	if (strcmp(kind, "ticket-twice") == 0)
		return "memberi nomor tiket yang sudah dipakai; nomor baru sudah diberikan";
	return "mengirim catatan yang tidak masuk akal; disimpan, tidak diolah";
}

const char *word_clock(const char *quality)
{
	static const struct word words[] = { { "ntp", "tepat, dari internet" },
		{ "gsm", "tepat, dari jaringan seluler" }, { "rtc", "dari jam di kotak" },
		{ "guess", "belum disetel jaringan" }, { NULL, NULL } };

	return find_word(words, quality);
}

const char *word_sim(const char *sim)
{
	static const struct word words[] = { { "ready", "siap" }, { "unknown", "belum diketahui" },
		{ "missing", "tidak terpasang" }, { "PIN needed", "meminta PIN" },
		{ "PIN wrong", "PIN salah" }, { "locked, PUK needed", "terkunci (PUK)" },
		{ "faulty", "rusak" }, { NULL, NULL } };

	return find_word(words, sim);
}

const char *word_registration(const char *registration)
{
	static const struct word words[] = { { "home network", "tersambung" },
		{ "roaming", "tersambung lewat operator lain" }, { "searching", "sedang mencari" },
		{ "not registered", "tidak tersambung" }, { "denied", "ditolak" },
		{ "unknown", "belum diketahui" }, { NULL, NULL } };

	return find_word(words, registration);
}

const char *word_signal(int64_t dbm)
{
	return dbm >= -79 ? "kuat" : dbm >= -95 ? "cukup" : "lemah";
}

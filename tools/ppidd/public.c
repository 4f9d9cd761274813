/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/public.h"

#include <errno.h>
#include <string.h>

#include "tools/ppidd/chart.h"
#include "tools/ppidd/publication.h"

#define STATISTICS "/publik"
#define TICKET "/publik/tiket"
#define RIGHTS "/publik/hak"
#define OUTCOMES "/publik/hasil"
#define IMPROVEMENTS "/publik/perbaikan"
#define FORM_MOST 1024
#define BARS_MOST 40
#define NAME_SIZE 128
#define ROWS_MOST 40 /* of a table; all of them are in the open data */

static void menu_entry(FILE *out, const char *place, const char *path, const char *words)
{
	html(out, "<li><a href=\"%s\"", path);
	fputs(place && strcmp(place, path) == 0 ? " aria-current=\"page\"" : "", out);
	html(out, ">%s</a></li>\n", words);
}

static void menu(FILE *out, const char *place)
{
	html(out, "<nav aria-label=\"Menu utama\"><ul>\n");
	menu_entry(out, place, STATISTICS, "Statistik");
	menu_entry(out, place, OUTCOMES, "Hasil");
	menu_entry(out, place, IMPROVEMENTS, "Perbaikan");
	menu_entry(out, place, TICKET, "Aduan saya");
	menu_entry(out, place, RIGHTS, "Hak Anda");
	html(out, "</ul></nav>\n");
}

int public_begin(struct request *request, struct page *page, const char *title, const char *place)
{
	struct page_head head = {
		.title = title,
		.office = request->config->office,
		.place = place,
		.sheet = "/report.css",
		.menu = menu,
	};

	return page_begin(page, &head);
}

int public_end(struct request *request, struct page *page, unsigned status)
{
	int error = page_end(page);

	if (error < 0)
		return error;
	return answer_text(request, status, "text/html; charset=utf-8", page->text, page->size);
}

static int end_for_all(struct request *request, struct page *page)
{
	int error = page_end(page);

	if (error < 0)
		return error;
	return public_answer(request, "text/html; charset=utf-8", page->text, page->size);
}

int public_kiosks(struct db *db, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *names = json_object();
	char key[24];

	int result = db_query(db, &rows, "SELECT number, name FROM kiosk ORDER BY number", "");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		snprintf(key, sizeof(key), "%lld", (long long)db_integer(rows, 0));
		if (json_object_set_new(names, key, json_string(db_words(rows, 1))) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(names);
	return result;
}

/* Statistics. */

const char *public_cell(
	const struct public_row *row, enum public_column column, char out[static NUMBER_SIZE])
{
	if (row->few && column == PUBLIC_RECEIVED)
		return "kurang dari 5";
	if (row->kept || (row->outline && column != PUBLIC_RECEIVED))
		return "tidak ditampilkan";
	snprintf(out, NUMBER_SIZE, "%lld", (long long)row->values[column]);
	return out;
}

static const char *per_cent(int64_t share, char out[static NUMBER_SIZE])
{
	return word_permille(share < 0 ? -1 : 10 * share, out);
}

static void cell(FILE *out, const char *label, const char *words)
{
	html(out, "<td class=\"number\" data-label=\"%s\">%s</td>", label, words);
}

static void table_row(FILE *out, const char *by, const char *name, const struct public_row *row)
{
	char words[NUMBER_SIZE];

	html(out, "<tr><th scope=\"row\" data-label=\"%s\">%s</th>", by, name);
	cell(out, "Masuk", public_cell(row, PUBLIC_RECEIVED, words));
	cell(out, "Dijawab", public_cell(row, PUBLIC_ANSWERED, words));
	cell(out, "Belum selesai", public_cell(row, PUBLIC_OPEN, words));
	cell(out, "Dialihkan atau dicabut", public_cell(row, PUBLIC_OTHER, words));
	cell(out, "Tepat waktu", per_cent(row->share, words));
	cell(out, "Hari kerja, nilai tengah", word_tenths(row->median, words));
	cell(out, "Kepuasan dari 5", word_tenths(row->rating, words));
	html(out, "</tr>\n");
}

static void table_chart(FILE *out, const struct public_table *table, const char *title)
{
	struct chart_bar bars[BARS_MOST];
	char names[BARS_MOST][NAME_SIZE];
	size_t count = table->count < BARS_MOST ? table->count : BARS_MOST;

	for (size_t i = 0; i < count; i++) {
		const struct public_row *row = &table->rows[i];
		snprintf(names[i], NAME_SIZE, "%s", report_name(NULL, table->by, row->key));
		bars[i] = (struct chart_bar) {
			.label = names[i],
			.parts = { row->kept ? -1 : row->values[PUBLIC_RECEIVED], 0, 0 },
		};
	}
	struct chart drawn = { .id = table->by == BY_MONTH ? "months" : "categories",
		.title = title,
		.description = "Banyaknya aduan yang masuk, satu batang tiap baris tabel di bawah "
			       "gambar.",
		.parts = { "Aduan masuk", NULL, NULL },
		.bars = bars,
		.count = count };
	chart_write(out, &drawn);
}

static void write_table(
	FILE *out, const struct public_table *table, const json_t *kiosks, const char *title)
{
	static const char *const heads[] = { "Masuk", "Dijawab", "Belum selesai",
		"Dialihkan atau dicabut", "Tepat waktu", "Hari kerja, nilai tengah",
		"Kepuasan dari 5" };

	html(out, "<section class=\"card\"><h2>%s</h2>\n", title);
	if (table->kept) {
		html(out, "<p>Terlalu sedikit aduan untuk ditampilkan menurut bagian ini tanpa "
			  "membuka siapa yang mengadu.</p></section>\n");
		return;
	}
	if (table->by == BY_MONTH || table->by == BY_CATEGORY)
		table_chart(out, table, title);
	html(out,
		"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table>"
		"<caption>%s</caption>\n<thead><tr><th scope=\"col\">%s</th>",
		title, title, report_by_words(table->by));
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		html(out, "<th scope=\"col\" class=\"number\">%s</th>", heads[i]);
	html(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < table->count && i < ROWS_MOST; i++)
		table_row(out, report_by_words(table->by),
			report_name(kiosks, table->by, table->rows[i].key), &table->rows[i]);
	html(out, "</tbody></table></div>\n");
	if (table->count > ROWS_MOST)
		html(out, "<p class=\"help\">Yang lain ada pada data terbuka.</p>\n");
	html(out, "</section>\n");
}

static void fact(FILE *out, const char *value, const char *words)
{
	html(out, "<li><strong>%s</strong> %s</li>\n", value, words);
}

static const char *count_words(int64_t count, char out[static NUMBER_SIZE])
{
	return word_tenths(count < 0 ? -1 : 10 * count, out);
}

static void write_facts(FILE *out, const struct public_figures *figures)
{
	const struct public_row *total = &figures->total;
	char words[NUMBER_SIZE];

	html(out, "<ul class=\"facts\">\n");
	fact(out, public_cell(total, PUBLIC_RECEIVED, words), "aduan masuk");
	fact(out, public_cell(total, PUBLIC_ANSWERED, words), "sudah dijawab");
	fact(out, public_cell(total, PUBLIC_OPEN, words), "belum selesai");
	fact(out, count_words(figures->referred, words), "dialihkan ke instansi lain");
	fact(out, count_words(figures->withdrawn, words), "dicabut pengadu");
	fact(out, per_cent(total->share, words), "jawaban tepat waktu");
	fact(out, word_tenths(total->median, words), "hari kerja, nilai tengah sampai dijawab");
	fact(out, count_words(figures->worst, words), "hari kerja, yang terlama");
	fact(out, word_tenths(total->rating, words), "kepuasan dari 5, rata-rata");
	fact(out, count_words(figures->reopened, words), "dibuka kembali");
	html(out, "</ul>\n");
}

static void write_statistics(FILE *out, const struct public_figures *figures, const json_t *kiosks)
{
	static const char *const titles[PUBLIC_TABLES] = { "Menurut bulan masuk",
		"Menurut kategori", "Menurut saluran", "Menurut kotak" };
	char title[96];

	report_title(figures->from, figures->until, title, sizeof(title));
	html(out,
		"<p class=\"period\">Aduan yang masuk %s. Bulan yang sedang berjalan dihitung "
		"sesudah berakhir.</p>\n",
		title);
	write_facts(out, figures);
	for (int i = 0; i < PUBLIC_TABLES && figures->total.values[PUBLIC_RECEIVED] > 0; i++)
		write_table(out, &figures->tables[i], kiosks, titles[i]);
	html(out, "<p class=\"help\">Angka di bawah 5 tidak ditampilkan, dan tanda – atau “tidak "
		  "ditampilkan” menutup angka lain yang dapat membukanya, supaya tidak seorang pun "
		  "dapat dikenali. Tepat waktu dibulatkan ke 5 persen.</p>\n"
		  "<p>Data terbuka: <a href=\"/data/figures.csv\">CSV</a>, "
		  "<a href=\"/data/figures.json\">JSON</a></p>\n");
}

static int make_statistics(struct request *request, const struct public_figures *figures,
	const json_t *kiosks, char **text, size_t *size)
{
	struct page page;

	int error = public_begin(request, &page, "Statistik aduan", STATISTICS);
	if (error < 0)
		return error;
	write_statistics(page.out, figures, kiosks);
	error = page_end(&page);
	*text = page.text;
	*size = page.size;
	return error;
}

static int get_statistics(struct request *request)
{
	static struct public_copy copy;

	return public_answer_figures(request, "text/html; charset=utf-8", &copy, make_statistics);
}

/* Rights (SOP 9a). */

static int get_rights(struct request *request)
{
	struct page page;

	int error = public_begin(request, &page, "Hak Anda", RIGHTS);
	if (error < 0)
		return error;
	html(page.out,
		"<section class=\"card\"><h2>Mengadu itu hak setiap warga</h2>\n<ul>\n"
		"<li>Anda boleh mengadu bila informasi publik ditolak, terlambat, tidak lengkap, "
		"atau prosedurnya tidak jelas.</li>\n"
		"<li>Mengadu tidak dipungut biaya. Setiap aduan mendapat nomor tiket.</li>\n"
		"<li>Aduan dijawab dalam 7 hari kerja, atau 14 hari kerja bila rumit, dengan "
		"alasan yang diberitahukan kepada Anda.</li>\n"
		"<li>Anda boleh minta nama, alamat dan nomor Anda dirahasiakan dari petugas yang "
		"menangani.</li>\n"
		"<li>Bila jawabannya tidak menolong, Anda boleh membuka aduan itu kembali.</li>\n"
		"<li>Data pribadi Anda hanya dipakai untuk menangani aduan Anda.</li>\n"
		"</ul></section>\n"
		"<section class=\"card\"><h2>Dasar hukum</h2>\n<ul>\n"
		"<li>UU 14/2008 tentang Keterbukaan Informasi Publik</li>\n"
		"<li>Permenpan-RB 62/2018 tentang pengelolaan pengaduan</li>\n"
		"<li>UU 27/2022 tentang Pelindungan Data Pribadi</li>\n</ul></section>\n"
		"<p><a href=\"" TICKET "\">Lihat keadaan aduan Anda</a></p>\n");
	return end_for_all(request, &page);
}

const struct route public_routes[] = {
	{ "GET", STATISTICS, ROUTE_PUBLIC, 0, get_statistics, RIGHT_NONE, READS_NOTHING },
	{ "GET", RIGHTS, ROUTE_PUBLIC, 0, get_rights, RIGHT_NONE, READS_NOTHING },
	{ "GET", OUTCOMES, ROUTE_PUBLIC, 0, public_get_outcomes, RIGHT_NONE, READS_NOTHING },
	{ "GET", IMPROVEMENTS, ROUTE_PUBLIC, 0, public_get_improvements, RIGHT_NONE,
		READS_NOTHING },
	{ "GET", "/data/publications.json", ROUTE_PUBLIC, 0, public_get_publications_json,
		RIGHT_NONE, READS_NOTHING },
	{ "GET", TICKET, ROUTE_PUBLIC, 0, public_get_ticket, RIGHT_NONE, READS_NOTHING },
	{ "POST", TICKET, ROUTE_PUBLIC, FORM_MOST, public_post_ticket, RIGHT_NONE, READS_NOTHING },
	{ "GET", "/data/figures.json", ROUTE_PUBLIC, 0, opendata_get_json, RIGHT_NONE,
		READS_NOTHING },
	{ "GET", "/data/figures.csv", ROUTE_PUBLIC, 0, opendata_get_csv, RIGHT_NONE,
		READS_NOTHING },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/words.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "dialogue/utf8.h"

static bool is_apostrophe(uint32_t character)
{
	return character == '\'' || character == '`' || character == 0x2018 ||
	       character == 0x2019 || character == 0x2BC;
}

/* Adds a character to the word unless it would be the third of its kind in a row. */
static void append(struct word *word, size_t *length, uint32_t character)
{
	char bytes[UTF8_MAX];
	uint32_t folded = character < 0x80 ? (uint32_t)tolower((int)character) : character;
	size_t size = utf8_put(folded, bytes);
	char *text = word->text;

	if (*length + size >= WORD_SIZE)
		return;
	if (folded < 0x80 && isalpha((int)folded) && *length >= 2 &&
		text[*length - 1] == (char)folded && text[*length - 2] == (char)folded)
		return;
	memcpy(text + *length, bytes, size);
	*length += size;
}

/* "rt02", "cek003": a known word with a number behind it is two words. */
static bool ends_before(const struct word *word, size_t length, uint32_t character)
{
	return length >= 2 && character < 0x80 && isdigit((int)character) &&
	       !isdigit((unsigned char)word->text[length - 1]) && word_meanings(word->text) != 0;
}

bool word_next(const char **cursor, struct word *word)
{
	size_t length = 0;
	size_t capitals = 0, letters = 0;
	uint32_t character;
	const char *here = *cursor;

	*word = (struct word) { 0 };
	while ((character = utf8_next(cursor)) != 0) {
		if (utf8_wordly(character)) {
			if (ends_before(word, length, character)) {
				*cursor = here;
				break;
			}
			if (!word->start)
				word->start = here;
			append(word, &length, character);
			letters += character < 0x80 && isalpha((int)character);
			capitals += character < 0x80 && isupper((int)character);
			word->end = *cursor;
		} else if (word->start && !is_apostrophe(character)) {
			break;
		}
		here = *cursor;
	}
	word->capitals = letters > 0 && capitals == letters;
	return word->start != NULL;
}

size_t words_count(const char *text)
{
	struct word word;
	size_t count = 0;

	while (word_next(&text, &word))
		count++;
	return count;
}

/* Each list is one meaning; spaces separate and end the words. */
static const struct {
	unsigned meaning;
	const char *words;
} lists[] = {
	{ WORD_GREETING,
		" assalamualaikum assalamu assalam assalamualaykum asalamualaikum assalammualaikum "
		"aslmkm asslm ass askum samlekum samlikum alaikum wr wb warahmatullahi "
		"warohmatullohi "
		"warahmatullah wabarakatuh wabarokatuh waalaikumsalam salam selamat slmt slamat "
		"met "
		"pagi siang sore malam mlm pg permisi prmisi misi punten spada halo hallo hello "
		"helo "
		"hai hi hei hay sugeng enjing enjang injing siyang sonten dalu ndalu kulonuwun "
		"kulanuwun kula kulo nuwun nuwunsewu sewu amit om swastiastu shalom yth kpd kepada "
		"bapak bpk pak bu ibu mas mbak mba kak min admin gan bos lurah kades dukuh petugas "
		"good morning afternoon evening dear " },
	{ WORD_INTENT,
		" minta mnt njaluk kasih kasi beri berikan ngasih wenehi kei paringi sukani mau mo "
		"mw ingin pengin pengen pgn ajeng badhe arep hendak ada izin ijin saya sy "
		"aku ak kami mohon mhn tolong tlg numpang nyuwun want to i would like " },
	{ WORD_COMPLAINT, " aduan adua adun aduaan aduann aduhan adukan mengadu ngadu lapor lapur "
			  "laporr lapoor "
			  "laporan lapran lporan melapor melaporkan laporkan keluhan kluhan "
			  "keluham pengaduan "
			  "pngaduan pengadua wadul wadulan complaint complain komplain report " },
	{ WORD_STATUS, " cek cekk ceck chek check ngecek mengecek stat status sttus statuss "
		       "periksa tiket " },
	{ WORD_HELP, " bantuan bantu help info informasi petunjuk panduan cara caranya menu tolong "
		     "pitulungan tulung " },
	{ WORD_THANKS,
		" terima terimakasih trima trimakasih kasih ksh kasi makasih makasi mksh mks "
		"mkasih "
		"maksih thanks thank thankyou thx tks tq tengkyu trims trim trimaksih tksh trmksh "
		"tmksh tmks tima nuwun suwun swun maturnuwun maturnuhun nuhun hatur matur syukron "
		"jazakallah jazakumullah alhamdulillah " },
	{ WORD_OK,
		" sama sami puas ok oke okay okey okee okeh okk oc k y ya yaa iya iyaa yes yup yoi "
		"sip "
		"siip sipp "
		"siap "
		"siaap baik baiklah bagus mantap mantab mantul nggih inggih nggeh enggih njih ngih "
		"injih monggo mangga sampun good amin aamiin " },
	{ WORD_FILLER,
		" pak bapak bpk bu ibu mas mbak mba kak min admin gan bos banyak byk sekali skl "
		"bgt "
		"banget sangat sanget atas atasnya bantuan bantuannya bantuanya infonya info "
		"informasinya "
		"informasi jawaban jawabannya responnya respon responya respnya perhatiannya "
		"perhatiane sudah sdh udah dibantu ditanggapi dijawab dan kembali untuk utk you so "
		"much very sebelumnya seblumnya lagi dulu saja aja dong donk deh kok ya yaa nya "
		"lur "
		"lurah petugas kades semua semuanya semoga kula kulo saya sy kami semangat sehat "
		"selalu kerjanya kerjane kerja cepat cepet tanggapan tanggapannya perhatian "
		"kerjasama "
		"kerjasamanya sama sami pelayanannya penanganannya tindakannya responsnya "
		"diperbaiki beres "
		"selesai "
		"nyala menyala lancar bersih " },
	{ WORD_PROGRESS,
		" perkembangan perkembangannya perkembanganya prkembangan kabar kabarnya kabare "
		"bagaimana bgmn bgmana gimana gmn gmana gimn pripun kepripun kados piye kepiye pye "
		"hasil hasilnya hasile kelanjutan kelanjutannya kelanjutane lanjutan tindaklanjut "
		"tindaklanjutnya tindak lanjut lanjutnya progres progress progresnya status "
		"statusnya proses prosesnya nyampe mana kapan lupa " },
	{ WORD_TICKET,
		" wadulan wadulane wadulanku wadulanipun aduanku laporanku laporankula keluhanku "
		"tiket ticket tikt tket nomor nomer nmr "
		"no nmer nomornya kode pin aduan aduane "
		"aduannya laporan laporannya laporane pengaduan keluhan keluhannya status "
		"statusnya "
		"dengan dgn saya sy kula kulo kami ku punya yang yg ini itu niki punika tentang "
		"ttg "
		"dari dr sudah sdh udah sampun sampai smpe sampe nganti dumugi pundi ngantos "
		"tolong "
		"tlg mohon mhn mau tanya nanya cek bagi pak bu bapak ibu mas mbak min admin ya "
		"dong "
		"nggih ditangani diproses ditindaklanjuti dikerjakan ditanggapi dijawab selesai "
		"nopo napa terus trus kok kemarin wingi a an " },
	{ WORD_ADDRESS,
		" rt rw dusun dsn dukuh padukuhan pedukuhan desa ds kalurahan kelurahan kel kal jl "
		"jln "
		"jalan gg gang blok perum perumahan kampung kampong kp kec kecamatan kapanewon "
		"kabupaten kab kota no nomor wates kulonprogo yogyakarta jogja diy " },
	{ WORD_NAME, " nama nm name jeneng jenengku asma asmo nami namaku namasaya " },
	{ WORD_LABEL_ADDRESS,
		" alamat almt alamatnya alamatku almat alamt addres address griya griyo dalem omah "
		"omahku tinggal beralamat rumah rmh " },
	{ WORD_SENTENCE,
		" rusak rsk rusk mati padam pdm bocor banjir longsor ambrol ambruk roboh tumbang "
		"macet "
		"mampet jebol retak pecah lobang lubang berlubang bolong becek kotor bau sampah "
		"licin "
		"gelap peteng ilang hilang kemalingan maling curi dicuri judi mabuk bising "
		"tidak tdk tak gak ga gk g nggak ngga enggak engga ndak ndk nda ora rak mboten "
		"boten dereng durung belum blm blum bukan jangan jgn tanpa kenapa mengapa knp "
		"knapa "
		"ngopo kenging nopo kok apakah apa kapan kpn bagaimana gmn gimana bgmn pripun piye "
		"minta mnt mohon mhn tolong tlg nyuwun nyuwunaken segera sgr diperbaiki perbaiki "
		"dibetulkan diperbaikin didandani didandosi ditindak ditindaklanjuti lapor laporan "
		"keluhan aduan pengaduan komplain korupsi pungli suap dipungut bayar mbayar "
		"bayaran "
		"biaya mahal lama lamban lambat suwe dangu antri antre ngantri susah sulit angel "
		"dipersulit ditolak ditipu penipuan kecewa marah jelek elek parah bahaya "
		"membahayakan "
		"bansos raskin blt pkh bpnt sembako ktp kk akta akte sertifikat surat suket "
		"pelayanan "
		"layanan pegawai lampu listrik pdam saluran selokan irigasi "
		"aspal anggaran apbdes informasi permohonan "
		"sudah sdh udah wis sampun sejak sjk seminggu sebulan setahun seminggu bulan tahun "
		"karena krn soale sebab sering terus selalu masih tasih isih yang yg ingkang sing "
		"untuk utk kangge kanggo agar supaya akan bisa bs dapat dpt saged iso boleh harus "
		"wajib ada wonten banyak akeh kathah terjadi kejadian jatuh tiba kecelakaan sakit "
		"lapar takut wedi warga oknum tetangga membuang buang dibuang bakar asap limbah "
		"anjing kucing tikus nyamuk liar berkeliaran pohon numpuk menumpuk tersumbat "
		"meluap "
		"tergenang genangan debu polusi antrian kekeringan kebakaran dbd wabah elpiji "
		"pupuk "
		"subsidi beras pajak pbb sengketa preman narkoba miras rampok begal knalpot truk "
		"galian "
		"tambang kandang ternak babi sinyal internet wifi trafo kabel trotoar " },
	{ WORD_FROM, " dari dr asal saking " },
	{ WORD_REFUSAL,
		" tanpa tidak tdk tak gak ga nggak ngga ndak ora mboten mau gelem purun usah "
		"perlu maaf maap "
		"rahasia rhs dirahasiakan nanti mengke saja aja jangan bisa bs nama alamat "
		"sebut disebut "
		"menyebut dulu saya sy pak bu takut wedi malu anonim " },
	{ WORD_OWNER, " saya sy kami kmi kita kula kulo ku kemarin kmrn kmarin wingi yang yg ini "
		      "itu lalu "
		      "dulu sebelumnya sudah sdh belum blm tidak tdk " },
	{ WORD_DONE, " ditangani ditindak ditindaklanjuti diproses dikerjakan ditanggapi dijawab "
		     "dibalas diperbaiki didandani didandosi dibetulkan digarap diurus dibaca "
		     "diterima selesai beres rampung masuk nyala menyala murub bersih lancar mulus "
		     "terang bagus mengalir mili jadi apik sae diangkut diganti dicek diaspal " },
	{ WORD_YET, " belum blm belom dereng durung urung " },
	{ WORD_NUMBER, " tiket ticket tikt tket nomor nomer nmr nmer no nomornya aduan laporan " },
	{ WORD_ADD, " tambah tambahan tambahkan menambahkan menambah nambah nambahi nambahin "
		    "tambahi tambahin tambh tmbah tambahno tambahake imbuh imbuhan add addition " },
	{ WORD_RATE, " nilai menilai penilaian nilaii rating rate skor biji " },
	{ WORD_WITHDRAW, " batal batalkan batalin batalken batalke batalno membatalkan pembatalan "
			 "dibatalkan btl btalkan cabut mencabut dicabut wurung wurungake cancel "
			 "withdraw " },
	{ WORD_SECRET, " rahasia rahasiakan rahasiain dirahasiakan merahasiakan rhs rhsia anonim "
		       "wados sinengker confidential secret " },
	{ WORD_LANGUAGE, " bahasa bhs bhasa basa boso bahaso language lang " },
	{ WORD_STOP, " berhenti brhenti brenti stop setop henti hentikan unreg unsubscribe unsub "
		     "mandheg mandeg leren " },
	{ WORD_START, " mulai mule miwiti start reg subscribe langganan " },
	{ WORD_DEGREE, " parah rusak rsk lama banyak buruk besar gede gedhe jelek elek hari dina "
		       "dinten bulan tahun malam terus lagi sering kacau hancur ancur dalam jero "
		       "panjang lebar macet kotor bau susah sulit mahal akeh suwe nemen ora tidak "
		       "tdk gak makin semakin nggak ga berat bahaya rame ramai sepi panas licin "
		       "penuh tinggi jauh dekat cepat cepet lambat miskin melarat gelap peteng " },
	{ WORD_YES, " ya iya yaa iyaa iyo yo hooh y yes yup betul benar bener setuju yakin nggih "
		    "inggih nggeh "
		    "enggih njih leres batalkan batalin batalken jadi " },
	{ WORD_NO, " tidak tdk tak gak ga gk nggak ngga enggak engga ndak ndk ora rak mboten boten "
		   "no n jangan jgn ojo ojok aja sampun lanjut lanjutkan teruskan tetap " },
	{ WORD_NOTICE, " pengumuman pengumumannya umum info informasi sms kirim kiriman langganan "
		       "berlangganan mengirim terima menerima nampi nampa announcements "
		       "announcement dari saja aja mawon wae " },
};

bool word_in(const char *list, const char *text)
{
	char wanted[WORD_SIZE + 3];
	size_t length = strlen(text);

	if (length == 0 || length >= WORD_SIZE)
		return false;
	wanted[0] = ' ';
	memcpy(wanted + 1, text, length);
	wanted[length + 1] = ' ';
	wanted[length + 2] = '\0';
	return strstr(list, wanted) != NULL;
}

unsigned word_meanings(const char *text)
{
	unsigned meanings = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		if (word_in(lists[i].words, text))
			meanings |= lists[i].meaning;
	}
	return meanings;
}

/* Whether one letter changed, missing, added, or two neighbours swapped make one of the other. */
static bool one_slip(const char *one, const char *other)
{
	size_t length = strlen(one), wanted = strlen(other);
	size_t head = 0, tail = 0;

	if (length > wanted + 1 || wanted > length + 1)
		return false;
	while (one[head] && one[head] == other[head])
		head++;
	while (tail < length - head && tail < wanted - head &&
		one[length - 1 - tail] == other[wanted - 1 - tail])
		tail++;
	size_t left = length - head - tail, right = wanted - head - tail;
	return (left <= 1 && right <= 1) ||
	       (left == 2 && right == 2 && one[head] == other[head + 1] &&
		       one[head + 1] == other[head]);
}

unsigned word_slip(const char *text)
{
	static const struct {
		const char *word;
		unsigned meaning;
	} commands[] = { { "aduan", WORD_COMPLAINT }, { "lapor", WORD_COMPLAINT },
		{ "laporan", WORD_COMPLAINT }, { "pengaduan", WORD_COMPLAINT },
		{ "status", WORD_STATUS }, { "bantuan", WORD_HELP }, { "tambah", WORD_ADD },
		{ "tambahan", WORD_ADD }, { "nilai", WORD_RATE }, { "batal", WORD_WITHDRAW },
		{ "batalkan", WORD_WITHDRAW }, { "rahasia", WORD_SECRET },
		{ "bahasa", WORD_LANGUAGE }, { "berhenti", WORD_STOP }, { "mulai", WORD_START } };
	static const char others[] =
		" aduhan adaan aduk laporn lapar lapir tambal tambak tambang tambat tombah timbah "
		"nilam niat bantal batas batak batil btas bata natal fatal mulia mula mulus "
		"mulut mulap bahaya bahas batasan terhenti perhentian henti statis stasus bantalan "
		"buatan bantaran bantuin pelapor dilapor kapur dulai milai bilai gulai tabah "
		"aduane ";

	if (strlen(text) < 4 || word_meanings(text) != 0 || word_in(others, text))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (one_slip(text, commands[i].word))
			return commands[i].meaning;
	}
	return 0;
}

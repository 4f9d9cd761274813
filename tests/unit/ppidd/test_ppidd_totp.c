/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The second factor: RFC 6238's own figures, clocks that differ, codes that come twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/totp.h"

/* "12345678901234567890", the secret of RFC 6238, appendix B. */
#define SECRET "3132333435363738393031323334353637383930"

static void test_rfc(void **state)
{
	/* The last six of the eight digits there. */
	static const struct {
		int64_t seconds;
		const char *code;
	} rows[] = {
		{ 59, "287082" },
		{ 1111111109, "081804" },
		{ 1111111111, "050471" },
		{ 1234567890, "005924" },
		{ 2000000000, "279037" },
		{ 20000000000, "353130" },
	};
	char code[TOTP_CODE_SIZE];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(totp_code(SECRET, rows[i].seconds / 30, code), 0);
		assert_string_equal(code, rows[i].code);
		assert_int_equal(
			totp_match(SECRET, code, 0, rows[i].seconds * 1000), rows[i].seconds / 30);
	}
}

static void test_drift_and_reuse(void **state)
{
	int64_t now_ms = INT64_C(1234567890) * 1000, step = now_ms / TOTP_STEP_MS;
	char code[TOTP_CODE_SIZE];
	(void)state;

	for (int64_t off = -3; off <= 3; off++) {
		assert_int_equal(totp_code(SECRET, step + off, code), 0);
		assert_int_equal(totp_match(SECRET, code, 0, now_ms),
			off >= -1 && off <= 1 ? step + off : 0);
		/* Once taken, neither it nor an older one is taken again. */
		assert_int_equal(totp_match(SECRET, code, step + 1, now_ms), 0);
	}
	assert_int_equal(totp_match(SECRET, "", 0, now_ms), 0);
	assert_int_equal(totp_match(SECRET, "00592", 0, now_ms), 0);
	assert_int_equal(totp_match(SECRET, "0059240", 0, now_ms), 0);
}

static void test_secret(void **state)
{
	char hex[TOTP_SECRET_HEX], other[TOTP_SECRET_HEX], words[TOTP_BASE32_SIZE];
	char code[TOTP_CODE_SIZE];
	(void)state;

	assert_int_equal(totp_secret_words(SECRET, words), 0);
	assert_string_equal(words, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	totp_secret_new(hex);
	totp_secret_new(other);
	assert_string_not_equal(hex, other);
	assert_int_equal(totp_secret_words(hex, words), 0);
	assert_int_equal(strlen(words), TOTP_BASE32_SIZE - 1);
	assert_int_equal(totp_code("31", 1, code), -EINVAL);
	assert_int_equal(totp_code("zz", 1, code), -EINVAL);
	assert_int_equal(totp_match("", "123456", 0, 0), -EINVAL);
}

static void test_qr(void **state)
{
	autofree char *svg = NULL;
	char text[3000];
	size_t size = 0;
	(void)state;

	FILE *out = open_memstream(&svg, &size);
	assert_int_equal(totp_qr(out, "otpauth://totp/x?secret=ABC", "<judul>"), 0);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_true(totp_qr(out, text, "terlalu panjang") < 0);
	fclose(out);
	assert_non_null(strstr(svg, "<title>&lt;judul&gt;</title>"));
	assert_non_null(strstr(svg, "M4 4h7v1h-7z")); /* the finder pattern's first line */
	assert_null(strstr(svg, "style"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc),
		cmocka_unit_test(test_drift_and_reuse),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_qr),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/boot.h"

#include "store/internal.h"

int store_boot(struct store *store, const char *boot_id, int64_t *boot)
{
	int64_t same = 0;
	int found;

	*boot = 0;
	found = store_setting(store, "boot", boot);
	if (found >= 0)
		found = store_value(store, &same,
			"SELECT 1 FROM setting WHERE name = 'boot_id' AND value = ?", "t", boot_id);
	if (found < 0 || same)
		return found < 0 ? found : 0;
	++*boot;
	int error = store_setting_put(store, "boot", *boot);
	if (error >= 0)
		error = store_setting_put_text(store, "boot_id", boot_id);
	return error < 0 ? error : 0;
}

int store_last_time(struct store *store, int64_t *time_ms)
{
	*time_ms = 0;
	int found = store_value(store, time_ms,
		"SELECT time_ms FROM event ORDER BY epoch DESC, seq DESC LIMIT 1", "");

	return found < 0 ? found : 0;
}

int store_last_trusted_time(struct store *store, int64_t *time_ms)
{
	*time_ms = 0;
	int found = store_value(store, time_ms,
		"SELECT time_ms FROM event WHERE clock <> 'guess'"
		" ORDER BY epoch DESC, seq DESC LIMIT 1",
		"");

	return found < 0 ? found : 0;
}

int store_clock_moved(struct store *store, int64_t since_ms, int64_t offset_ms)
{
	static const char *const moves[] = {
		("UPDATE outgoing_sms SET created_ms = created_ms + ?2,"
		 " not_before_ms = not_before_ms + ?2, expires_ms = expires_ms + ?2"
		 " WHERE created_ms > ?1"),
		"UPDATE outgoing_part SET submitted_ms = submitted_ms + ?2 WHERE submitted_ms > ?1",
		"UPDATE inbound_part SET received_ms = received_ms + ?2 WHERE received_ms > ?1",
		"UPDATE inbound_message SET received_ms = received_ms + ?2 WHERE received_ms > ?1",
		"UPDATE session SET expires_ms = expires_ms + ?2 WHERE expires_ms > ?1",
		"UPDATE guess SET since_ms = since_ms + ?2 WHERE since_ms > ?1",
		"UPDATE panel_session SET updated_ms = updated_ms + ?2 WHERE updated_ms > ?1",
		("UPDATE print_job SET created_ms = created_ms + ?2, expires_ms = expires_ms + ?2"
		 " WHERE created_ms > ?1"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(moves); i++) {
		int error = store_run(store, moves[i], "ii", since_ms, offset_ms);

		if (error < 0)
			return error;
	}
	return 0;
}

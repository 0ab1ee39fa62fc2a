/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing JSON (RFC 8259) into a buf: commas, quotes and escapes are right by construction.
 *
 *     json_object(&j, NULL); json_str(&j, "client_id", id); json_end(&j);
 *
 * `key` is NULL inside an array and for the outermost value. Text must be UTF-8; a byte that is not
 * becomes U+FFFD. Also "<", ">", "&", U+2028 and U+2029 are escaped, so the result may stand inside
 * HTML. Reading JSON is yyjson's work (core/form_json.h).
 *
 * Threads: one at a time, as the buf.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

enum { JSON_DEPTH_MAX = 16 };

struct json {
    struct buf *out;
    char closer[JSON_DEPTH_MAX]; /* '}' or ']' for each open level */
    unsigned depth;
    bool comma;
};

void json_init(struct json *j, struct buf *out);
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end(struct json *j); /* closes the newest object or array */

void json_str(struct json *j, const char *key, struct str value);
void json_int(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

/* Only the quoted, escaped string. */
void json_quote(struct buf *out, struct str value);

enum { JSON_ESCAPE_MAX = 12 };

/*
 * What stands for one code point inside a JSON string: itself in UTF-8, or an escape for quote,
 * backslash and everything utf8_is_control names. Returns the bytes written (1–12). This is the
 * plain form for logs; json_quote escapes more for HTML's sake.
 */
size_t json_escape(uint32_t code, char out[JSON_ESCAPE_MAX]);

#endif

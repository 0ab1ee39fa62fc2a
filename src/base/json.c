/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/must.h"
#include "base/utf8.h"

static size_t escape_unit(uint32_t unit, char out[6])
{
    static const char digits[] = "0123456789abcdef";
    const char text[6] = {
        '\\',
        'u',
        digits[unit >> 12 & 15],
        digits[unit >> 8 & 15],
        digits[unit >> 4 & 15],
        digits[unit & 15],
    };
    memcpy(out, text, sizeof text);
    return sizeof text;
}

/* \uXXXX; above U+FFFF as a UTF-16 surrogate pair (RFC 8259 §7). */
static size_t escape_code(uint32_t code, char out[JSON_ESCAPE_MAX])
{
    if (code < 0x10000)
        return escape_unit(code, out);
    code -= 0x10000;
    size_t n = escape_unit(0xD800 | code >> 10, out);
    return n + escape_unit(0xDC00 | (code & 0x3FF), out + n);
}

static size_t encode(uint32_t code, char out[JSON_ESCAPE_MAX])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[length] | code);
    return length;
}

size_t json_escape(uint32_t code, char out[JSON_ESCAPE_MAX])
{
    char letter = 0;
    switch (code) {
    case '"':
    case '\\':
        letter = (char)code;
        break;
    case '\n':
        letter = 'n';
        break;
    case '\r':
        letter = 'r';
        break;
    case '\t':
        letter = 't';
        break;
    default:
        return utf8_is_control(code) ? escape_code(code, out) : encode(code, out);
    }
    out[0] = '\\';
    out[1] = letter;
    return 2;
}

void json_quote(struct buf *out, struct str value)
{
    buf_byte(out, '"');
    for (size_t at = 0; at < value.len;) {
        uint32_t code;
        char text[JSON_ESCAPE_MAX];
        size_t taken = utf8_decode(value, at, &code);
        bool html = code == '<' || code == '>' || code == '&';
        size_t n = html ? escape_code(code, text) : json_escape(code, text);
        buf_bytes(out, text, n);
        at += taken ? taken : 1;
    }
    buf_byte(out, '"');
}

void json_init(struct json *j, struct buf *out)
{
    *j = (struct json){.out = out};
}

/* The comma and the key that stand before a value. */
static void begin(struct json *j, const char *key)
{
    bool in_object = j->depth > 0 && j->closer[j->depth - 1] == '}';
    must(in_object == (key != NULL));
    must(j->depth > 0 || !j->comma); /* one outermost value */
    if (j->comma)
        buf_byte(j->out, ',');
    j->comma = true;
    if (key) {
        json_quote(j->out, str_from(key));
        buf_byte(j->out, ':');
    }
}

static void open_level(struct json *j, const char *key, char opener, char closer)
{
    begin(j, key);
    must(j->depth < JSON_DEPTH_MAX);
    j->closer[j->depth++] = closer;
    j->comma = false;
    buf_byte(j->out, opener);
}

void json_object(struct json *j, const char *key)
{
    open_level(j, key, '{', '}');
}

void json_array(struct json *j, const char *key)
{
    open_level(j, key, '[', ']');
}

void json_end(struct json *j)
{
    must(j->depth > 0);
    buf_byte(j->out, j->closer[--j->depth]);
    j->comma = true;
}

void json_str(struct json *j, const char *key, struct str value)
{
    begin(j, key);
    json_quote(j->out, value);
}

void json_int(struct json *j, const char *key, int64_t value)
{
    begin(j, key);
    if (value < 0)
        buf_byte(j->out, '-');
    buf_u64(j->out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void json_bool(struct json *j, const char *key, bool value)
{
    begin(j, key);
    buf_str(j->out, value ? STR("true") : STR("false"));
}

void json_null(struct json *j, const char *key)
{
    begin(j, key);
    buf_str(j->out, STR("null"));
}

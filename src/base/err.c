/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>

/* One row a kind, in the order of the enum. */
static const struct {
    const char *name;
    int http_status;
    int exit_code;
    bool temporary;
} kinds[ERR_COUNT] = {
    [ERR_NONE] = {"none", 200, 0, false},
    [ERR_USAGE] = {"usage", 400, 2, false},
    [ERR_CONFIG] = {"configuration", 500, 3, false},
    [ERR_INPUT] = {"input", 400, 1, false},
    [ERR_REFUSED] = {"refused", 403, 1, false},
    [ERR_MISSING] = {"missing", 404, 1, false},
    [ERR_CONFLICT] = {"conflict", 409, 1, false},
    [ERR_TOO_BIG] = {"too_big", 413, 1, false},
    [ERR_BUSY] = {"busy", 503, 5, true},
    [ERR_DATA] = {"data", 500, 4, false},
    [ERR_IO] = {"io", 503, 4, true},
    [ERR_NETWORK] = {"network", 503, 5, true},
    [ERR_INTERNAL] = {"internal", 500, 4, false},
};

enum err err_set(struct why *why, enum err kind, const char *op, const char *detail_format, ...)
{
    if (!why)
        return kind;
    snprintf(why->op, sizeof why->op, "%s", op);
    va_list args;
    va_start(args, detail_format);
    vsnprintf(why->detail, sizeof why->detail, detail_format, args);
    va_end(args);
    why->hint[0] = '\0';
    return kind;
}

void err_hint(struct why *why, const char *hint_format, ...)
{
    if (!why)
        return;
    va_list args;
    va_start(args, hint_format);
    vsnprintf(why->hint, sizeof why->hint, hint_format, args);
    va_end(args);
}

const char *err_errno(int number)
{
    const char *text = strerrordesc_np(number);
    return text ? text : "unknown system error";
}

void err_text(const struct why *why, char *out, size_t size)
{
    snprintf(out, size, "cannot %s: %s.%s%s", why->op, why->detail, why->hint[0] ? " " : "",
             why->hint);
}

const char *err_name(enum err kind)
{
    return kinds[kind].name;
}

int err_http_status(enum err kind)
{
    return kinds[kind].http_status;
}

int err_exit_code(enum err kind)
{
    return kinds[kind].exit_code;
}

bool err_is_temporary(enum err kind)
{
    return kinds[kind].temporary;
}

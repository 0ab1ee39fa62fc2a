/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON object that every reader understands alike: what somebody signed must not mean one thing
 * to who checks it and another to who uses it. RFC 8259 leaves open which of two members of one
 * name counts; here two are refused, at every level and however they are escaped.
 *
 * Bounds: STRICT_DEPTH levels, STRICT_MEMBERS members of one object. The size is the caller's.
 * Memory: the values live in the arena. Threads: as the arena.
 */
#ifndef CORE_JSON_STRICT_H
#define CORE_JSON_STRICT_H

#include "core/json_memory.h"

enum { STRICT_DEPTH = 16, STRICT_MEMBERS = 256 };

enum strict {
    STRICT_OK,
    STRICT_NOT_JSON, /* or no object */
    STRICT_TWICE,    /* a name stands in one object twice */
    STRICT_TOO_BIG,  /* too deep, or too many members */
};

/* The object; NULL unless it is STRICT_OK. */
enum strict json_strict(struct arena *a, struct str text, yyjson_val **object);

/* A member that is text, without NUL; empty when it is not there or something else. */
struct str json_text_at(yyjson_val *object, const char *name);

/* The member of that name, which need not end in NUL. */
yyjson_val *json_at(yyjson_val *object, struct str name);

/* The value as text; empty when it is something else or holds a NUL. */
struct str json_text(yyjson_val *value);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer of List Blobs: XML, of which three texts of each blob and the marker are wanted.
 *
 *     <EnumerationResults …><Blobs><Blob><Name>a/b</Name>…<Properties>…
 *       <Last-Modified>Sat, 21 Nov 2026 05:48:45 GMT</Last-Modified>
 *       <Content-Length>123</Content-Length>…</Properties></Blob>…</Blobs><NextMarker/>
 *
 * No parser of XML: a reader of this one shape, that takes elements apart by "<" and ">" and looks
 * at their names. It knows the five predefined entities and decimal and hexadecimal references; a
 * document type, CDATA, a comment, an element that is not closed in order, more than LIST_DEPTH_MAX
 * levels, or no end of EnumerationResults are refused: half an answer is none.
 *
 * Pure. Memory: texts live in the arena. Threads: safe anywhere.
 */
#ifndef REPLICATE_AZURE_LIST_H
#define REPLICATE_AZURE_LIST_H

#include "base/arena.h"

enum { LIST_DEPTH_MAX = 8 };

struct azure_list_blob {
    struct str name; /* as the service has it: with the path of the replica in front */
    struct str modified;
    uint64_t size;
};

struct azure_list {
    void (*blob)(void *context, const struct azure_list_blob *blob);
    void *context;
    struct str marker; /* what the next call begins with; empty: this was the last */
};

/* False when it is not that; what was given to `blob` until then counts for nothing. */
bool azure_list_read(struct arena *a, struct str xml, struct azure_list *list);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference of the form's fields (docs/reference/fields.md), written from fields.def so that it
 * cannot say anything else. Threads: as the buf.
 */
#ifndef CORE_FIELD_REFERENCE_H
#define CORE_FIELD_REFERENCE_H

#include "base/buf.h"

/* The whole page as Markdown. */
void fields_write_reference(struct buf *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes written as JSON: a real reader takes the result and gets the same text back. */
#include "base/json.h"
#include "base/must.h"
#include "base/utf8.h"

#include <yyjson.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of(data, size);
    struct buf out;
    struct json j;
    int64_t number = 0;
    if (size > 0)
        memcpy(&number, data, size < sizeof number ? size : sizeof number);
    buf_init(&out, 64 + size * JSON_ESCAPE_MAX);
    json_init(&j, &out);
    json_object(&j, NULL);
    json_str(&j, "text", text);
    json_int(&j, "number", number);
    json_end(&j);
    must(buf_ok(&out));
    for (size_t i = 0; i < out.len; i++)
        must((unsigned char)out.ptr[i] >= ' ' && !strchr("<>&", out.ptr[i]));

    yyjson_doc *doc = yyjson_read(out.ptr, out.len, 0);
    must(doc != NULL);
    yyjson_val *root = yyjson_doc_get_root(doc), *read = yyjson_obj_get(root, "text");
    struct str back = str_of(yyjson_get_str(read), yyjson_get_len(read));
    must(utf8_valid(back));
    must(!utf8_valid(text) || str_eq(back, text));
    must(yyjson_get_sint(yyjson_obj_get(root, "number")) == number);
    yyjson_doc_free(doc);
    buf_release(&out);
    return 0;
}

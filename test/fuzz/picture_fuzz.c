/* SPDX-License-Identifier: Apache-2.0 */
/* A logo: whatever is let pass has a size, and holds none of what a picture must not hold. */
#include "base/must.h"
#include "core/picture.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const never[] = {
        "<script", "<style", "<image", "<foreignObject", "<use", "<!DOCTYPE", "<!ENTITY", "<a ",
    };
    /* An exact copy, so that a read behind the end is seen. */
    char *copy = malloc(size ? size : 1);
    must(copy != NULL);
    memcpy(copy, data, size);
    struct str bytes = str_of(copy, size);
    struct picture picture = {0};
    struct picture_problem problem = {0};
    if (!picture_read(bytes, &picture, &problem)) {
        must(problem.detail[0] && problem.hint[0]);
    } else {
        must(picture.width > 0 && picture.height > 0);
        /* Comments and an XML declaration may say anything. */
        bool words = str_contains(bytes, STR("<!--")) || str_contains(bytes, STR("<?"));
        for (size_t i = 0;
             picture.kind == PICTURE_SVG && !words && i < sizeof never / sizeof *never; i++)
            must(!str_contains(bytes, str_from(never[i])));
    }
    free(copy);
    return 0;
}

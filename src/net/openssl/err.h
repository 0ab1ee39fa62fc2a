/* SPDX-License-Identifier: Apache-2.0 */
/* libh2o includes this name; what it needs of it stands in ssl.h. */
#include "ssl.h"

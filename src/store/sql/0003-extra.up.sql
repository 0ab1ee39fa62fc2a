-- SPDX-License-Identifier: Apache-2.0
--
-- The answers to the operator's own questions (form.extra_fields), one JSON object under their
-- names, as core/form_extra.h writes it: texts, whole numbers, true, arrays of texts. Not columns,
-- because the questions are the configuration's and change with it; what was answered stays.

ALTER TABLE submission ADD COLUMN extra TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(extra));

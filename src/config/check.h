/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of one option's text that its kind alone does not make: addresses, URLs, paths. Each
 * returns true or fills the problem. They look at the text only: whether a file can be read or a
 * port is free is for the command that uses it.
 */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "config/option.h"

/* "localhost:8443", ":8443", "*:8443", "192.0.2.7:8443", "[2001:db8::7]:8443"; port 1–65535. */
bool check_address(struct str value, struct option_problem *problem);

/* "https://name" or "https://name:port", a "/" behind it at most. */
bool check_https_url(struct str value, struct option_problem *problem);

/* "http://" or "https://", a host, and a path as one likes; no white space. */
bool check_web_url(struct str value, struct option_problem *problem);

/* "abs://account@container/path" or "file:///directory". */
bool check_replica_url(struct str value, struct option_problem *problem);

/* One address: something, "@", a domain with a dot. */
bool check_email(struct str value, struct option_problem *problem);

/* Not longer than the system takes, no white space at the ends, no "~" (only a shell knows it). */
bool check_path(struct str value, struct option_problem *problem);

/* "60/1m": so many in that time; "0" for no limit. */
bool check_rate(struct str value, struct option_problem *problem);

/* Addresses and networks between commas: "10.0.0.0/8, 2001:db8::1". */
bool check_networks(struct str value, struct option_problem *problem);

/* "#0b5d57" */
bool check_colour(struct str value, struct option_problem *problem);

/* The lists of config/replica.h. */
bool check_sync_classes(struct str value, struct option_problem *problem);
bool check_replica_levels(struct str value, struct option_problem *problem);

/* Roles of the team between commas: "agent, administrator". */
bool check_roles(struct str value, struct option_problem *problem);

/* A language that there is a catalogue of: "de"; and several, between commas. */
bool check_language_code(struct str value, struct option_problem *problem);
bool check_language_codes(struct str value, struct option_problem *problem);

#endif

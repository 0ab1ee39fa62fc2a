/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/command.h"
#include "config/config.h"
#include "net/address.h"
#include "net/tls.h"
#include "web/brand.h"

#include <limits.h>

/* What config_load cannot know: whether addresses can be read, the certificate fits its key, and
 * the logo can be shown. */
static enum err check_listen(const struct config *c, struct why *why)
{
    const struct str all[] = {c->server_listen, c->server_http_listen, c->server_ops_listen};
    struct address_list list;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].len) {
            enum err e = address_parse(all[i], &list, why);
            if (e != ERR_NONE)
                return e;
        }
    return ERR_NONE;
}

static enum err check_certificate(const struct config *c, struct why *why)
{
    struct tls *tls = NULL;
    if (c->server_tls_certificate_file.len == 0)
        return ERR_NONE;
    enum err e =
        tls_open(c->server_tls_certificate_file.ptr, c->server_tls_key_file.ptr, &tls, why);
    tls_close(tls);
    return e;
}

/* Where the colour that visitors see is not the one that was asked for. */
static void print_accent(const struct config *c, const struct brand *brand)
{
    char light[COLOUR_TEXT_SIZE], dark[COLOUR_TEXT_SIZE];
    const struct colour_scheme *l = &brand->palette.light, *d = &brand->palette.dark;
    if (!brand->has_accent)
        return;
    printf("  accent         %.*s: light %s (%.1f:1%s), dark %s (%.1f:1%s)\n",
           STR_ARG(c->brand_accent), colour_text(l->accent, light), l->contrast,
           l->adjusted ? ", adjusted" : "", colour_text(d->accent, dark), d->contrast,
           d->adjusted ? ", adjusted" : "");
}

int cmd_check(int argc, char **argv)
{
    const char *config_file = NULL;
    const struct option_spec specs[] = {{"--config", &config_file, NULL}};
    struct why why = {0};
    struct config config;
    enum err e = command_options(&argc, &argv, specs, 1, &why);
    if (e == ERR_NONE)
        e = command_no_more(argc - 1, argv + 1, &why);
    if (e != ERR_NONE)
        return command_failed(e, &why);
    if (argc > 0)
        config_file = argv[0];
    int code = command_config(config_file, NULL, &config);
    if (code)
        return code;
    e = check_listen(&config, &why);
    if (e == ERR_NONE)
        e = check_certificate(&config, &why);
    struct brand brand = {0};
    if (e == ERR_NONE)
        e = brand_open(&config, &brand, &why);
    if (e == ERR_NONE) {
        bool own = config.server_tls_certificate_file.len > 0;
        printf("The configuration is right.\n"
               "  serves on      %.*s\n"
               "  operations on  %.*s\n"
               "  certificate    %.*s\n"
               "  data in        %.*s\n",
               STR_ARG(config.server_listen),
               STR_ARG(config.server_ops_listen.len ? config.server_ops_listen : STR("(off)")),
               STR_ARG(own ? config.server_tls_certificate_file
                           : STR("self-signed, made at first start")),
               STR_ARG(config.data_directory));
        print_accent(&config, &brand);
    }
    brand_release(&brand);
    config_release(&config);
    return e == ERR_NONE ? 0 : command_failed(e, &why);
}

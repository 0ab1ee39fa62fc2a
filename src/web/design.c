/* SPDX-License-Identifier: Apache-2.0 */
#include "web/design.h"

#include "base/must.h"
#include "core/colour.h"
#include "web/asset.h"
#include "web/html.h"
#include "web/qr.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/say.h"
#include "web/shell.h"
#include "web/state.h"

#include "pages.h"

/* ---- the sheet's tokens ---- */

enum { BLOCKS_MAX = 16, DEPTH_MAX = 8, SHEET_MAX = 256 * 1024 };

/* What stands between the braces of each ":root", in order, but for those of other media. */
struct tokens {
    struct block {
        struct str text;
        bool dark;
    } blocks[BLOCKS_MAX];
    size_t n;
};

/* The sheet as browsers have it now. */
static struct str sheet_of(struct request *r)
{
    const struct web *web = r->web;
    const struct asset *own = &web->brand.assets[BRAND_SHEET];
    struct str body, type;
    if (own->path.len)
        return own->identity;
    if (web->assets_dir && asset_load(web->assets_dir, STR("css/app.css"), &r->arena, &body, &type))
        return body;
    return asset_find_named(STR("css/app.css"))->identity;
}

/* Comments away: they may hold braces. */
static struct str without_comments(struct arena *a, struct str css)
{
    char *out = arena_array(a, 1, css.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < css.len; i++) {
        if (css.ptr[i] != '/' || i + 1 == css.len || css.ptr[i + 1] != '*') {
            out[n++] = css.ptr[i];
            continue;
        }
        for (i += 2; i + 1 < css.len && !(css.ptr[i] == '*' && css.ptr[i + 1] == '/'); i++)
            ;
        i++;
    }
    return str_of(out, n);
}

static void tokens_read(struct arena *a, struct str sheet, struct tokens *out)
{
    struct str css = without_comments(a, sheet);
    struct str media[DEPTH_MAX] = {{0}}; /* the heads of the blocks around */
    size_t depth = 0, head = 0;
    out->n = 0;
    for (size_t i = 0; i < css.len; i++) {
        char c = css.ptr[i];
        if (c == '{' && depth < DEPTH_MAX) {
            media[depth++] = str_trim(str_slice(css, head, i));
        } else if (c == '}' && depth) {
            depth--;
            const struct str around = depth ? media[depth - 1] : STR_EMPTY;
            if (str_eq(media[depth], STR(":root")) && !str_contains(around, STR("print")) &&
                out->n < BLOCKS_MAX)
                out->blocks[out->n++] = (struct block){.text = str_slice(css, head, i),
                                                       .dark = str_contains(around, STR("dark"))};
        } else if (c != ';' || (depth && str_eq(media[depth - 1], STR(":root")))) {
            continue;
        }
        head = i + 1;
    }
}

/* The last that is said of a token in a scheme; dark takes over what it does not name. */
static struct str token(const struct tokens *tokens, struct str name, bool dark)
{
    struct str found[2] = {STR_EMPTY, STR_EMPTY};
    for (size_t i = 0; i < tokens->n; i++) {
        struct str rest = tokens->blocks[i].text, line;
        while (str_cut(&rest, ';', &line)) {
            struct str value = line, key;
            str_cut(&value, ':', &key);
            key = str_trim(key);
            if (str_starts(key, STR("--")) && str_eq(str_slice(key, 2, key.len), name))
                found[tokens->blocks[i].dark] = str_trim(value);
        }
    }
    return dark && found[1].len ? found[1] : found[0];
}

static struct colour colour_of(struct str text)
{
    struct colour c = {0};
    char six[7] = {'#'};
    if (text.len == 4)
        for (int i = 0; i < 6; i++)
            six[1 + i] = text.ptr[1 + i / 2];
    (void)colour_parse(text.len == 4 ? str_of(six, sizeof six) : text, &c);
    return c;
}

/* ---- what the page shows of them ---- */

/* least, in tenths: WCAG 2.2 asks 4.5 of text and 3 of what one has to make out. */
static const struct known {
    const char *name, *use, *ground;
    unsigned least;
} known[] = {
    {"paper", "the wall", "", 0},
    {"lit", "what light falls on: answers, slips", "", 0},
    {"ink", "text", "--paper", 45},
    {"ink-2", "help, captions", "--paper", 45},
    {"line", "rules between things", "", 0},
    {"edge", "the border of an answer", "--paper", 30},
    {"accent", "links, buttons", "--paper", 45},
    {"accent-deep", "the same, hovered", "--paper", 45},
    {"on-accent", "text on a button", "--accent", 45},
    {"tint", "a choice that is chosen", "", 0},
    {"wall-2", "a choice that is hovered", "", 0},
    {"error", "findings, and nothing else", "--paper", 45},
    {"focus", "the ring around what has the focus", "--paper", 30},
    {"frame", "the door", "", 0},
    {"leaf", "its leaf", "", 0},
    {"lamp", "its light", "", 0},
};

enum { KNOWN = sizeof known / sizeof *known };

static struct str contrast_of(struct arena *a, const struct tokens *tokens, const struct known *k,
                              bool dark, bool *fails)
{
    if (!k->least)
        return STR_EMPTY;
    struct str ground = str_from(k->ground + 2); /* behind "--" */
    double ratio = colour_contrast(colour_of(token(tokens, str_from(k->name), dark)),
                                   colour_of(token(tokens, ground, dark)));
    *fails |= ratio * 10 < k->least;
    return arena_fmt(a, "%.2f", ratio);
}

static struct view_tokens tokens_view(struct arena *a, const struct tokens *tokens)
{
    struct view_token *items = arena_new_array(a, struct view_token, KNOWN);
    for (size_t i = 0; i < KNOWN; i++) {
        const struct known *k = &known[i];
        struct view_token *t = &items[i];
        *t = (struct view_token){
            .name = str_from(k->name),
            .use = str_from(k->use),
            .light = token(tokens, str_from(k->name), false),
            .dark = token(tokens, str_from(k->name), true),
            .ground = str_from(k->ground),
            .least = k->least ? arena_fmt(a, "%u.%u", k->least / 10, k->least % 10) : STR_EMPTY,
        };
        t->light_contrast = contrast_of(a, tokens, k, false, &t->fails);
        t->dark_contrast = contrast_of(a, tokens, k, true, &t->fails);
    }
    return (struct view_tokens){items, KNOWN};
}

/* ---- the parts ---- */

/* One of each shape is shown, and once more with a finding. */
static int shape_of(const struct view_field *f)
{
    const bool shapes[] = {f->is_line,       f->is_text,     f->is_select, f->is_radios,
                           f->is_checkboxes, f->is_checkbox, f->is_consent};
    for (int i = 0; i < (int)(sizeof shapes / sizeof *shapes); i++)
        if (shapes[i])
            return i;
    return 0;
}

/* The question under a name of its own, or its label would lead to another pane. */
static struct view_field field_named(struct arena *a, const struct view_field *question,
                                     struct str prefix, bool wrong)
{
    enum { SHOWN = 4 };
    struct view_field f = *question;
    f.name = arena_fmt(a, "%.*s-%.*s%s", STR_ARG(prefix), STR_ARG(f.name), wrong ? "-wrong" : "");
    if (f.hint.len)
        f.described_by = arena_fmt(a, "%.*s-hint", STR_ARG(f.name));
    else
        f.described_by = STR_EMPTY;
    if (wrong) {
        f.error = f.if_wrong.len ? f.if_wrong : f.if_missing;
        f.described_by = arena_fmt(a, "%.*s-error", STR_ARG(f.name));
    }
    if (f.choices.n) {
        struct view_choice *items = arena_new_array(a, struct view_choice, f.choices.n);
        memcpy(items, f.choices.items, sizeof *items * f.choices.n);
        for (size_t i = 0; i < f.choices.n; i++)
            items[i].id = i ? arena_fmt(a, "%.*s-%zu", STR_ARG(f.name), i) : f.name;
        items[0].selected = !wrong && !f.is_select;
        f.choices = (struct view_choices){items, f.choices.n < SHOWN ? f.choices.n : SHOWN};
    }
    return f;
}

static void fields_view(struct request *r, struct str prefix, struct view_design_pane *v)
{
    enum { SHAPES = 7, SHOWN = 2 * SHAPES };
    const struct view_questions *questions = say_questions(r);
    const struct form_rules *rules = questions->rules;
    struct view_field *items = arena_new_array(&r->arena, struct view_field, SHOWN);
    struct view_error *errors = arena_new_array(&r->arena, struct view_error, SHAPES);
    size_t n = 0, wrong = 0;
    bool seen[SHAPES] = {false};
    for (size_t i = 0; i < rules->fields_n; i++) {
        const struct view_field *question = &questions->fields[rules->order[i]];
        int shape = shape_of(question);
        if (seen[shape])
            continue;
        seen[shape] = true;
        items[n++] = field_named(&r->arena, question, prefix, false);
        items[n] = field_named(&r->arena, question, prefix, true);
        errors[wrong++] = (struct view_error){
            .href = arena_fmt(&r->arena, "#%.*s", STR_ARG(items[n].name)),
            .message = items[n].error,
        };
        n++;
    }
    v->fields = (struct view_fields){items, n};
    v->errors = (struct view_errors){errors, wrong};
}

static struct view_steps steps_view(const struct request *r, struct arena *a)
{
    enum { STEPS = 3 };
    struct view_step *items = arena_new_array(a, struct view_step, STEPS);
    items[0].text = say(r, TEXT_START_THEN_CHECK);
    items[1].text = say(r, TEXT_START_THEN_ID);
    items[2].text = say(r, TEXT_START_THEN_READ);
    return (struct view_steps){items, STEPS};
}

/* In the language that the request has at the moment. */
static void pane_write(struct request *r, struct html *h, struct str title, struct str scheme,
                       struct str dir)
{
    struct form form = {0};
    form.value[FIELD_COMPANY_NAME] = STR("Ångström & Söhne GmbH");
    form.value[FIELD_ADDRESS] = STR("Lindenstraße 12\n10969 Berlin");
    struct view_design_pane v = {
        .title = title,
        .scheme = scheme,
        .lang = say_language(r),
        .dir = dir,
        .notice = say(r, TEXT_NOTICE_BUSY),
        .answers = view_answers_of(&r->arena, say_rules(r), STEP_COMPANY, &form),
    };
    shell_fill(&v.shell, r, title);
    fields_view(r, str_eq(dir, STR("rtl")) ? dir : scheme, &v);
    v.done = (struct view_done){
        .shell = v.shell,
        .client_id = STR("CL-7K4MQ-2R9XD"),
        .sent_at = say_time(r, 0),
        .sent_at_iso = STR("1970-01-01T00:00:00Z"),
        .next = steps_view(r, &r->arena),
        .qr = qr_of(&r->arena, STR("https://localhost:8443/staff/design")),
    };
    h->texts = &r->web->texts[r->language];
    part_design_pane(h, &v);
}

/* One that is written from right to left, if there is one. */
static enum language language_rtl(const struct request *r)
{
    for (enum language l = 0; l < LANGUAGE_COUNT; l++)
        if (str_eq(words_say(r->web->texts[l].words, TEXT_LANGUAGE_DIRECTION), STR("rtl")))
            return l;
    return r->language;
}

static const unsigned distances[] = {1, 2, 3, 4, 5, 6, 8, 9, 12, 18};

enum { DISTANCES = sizeof distances / sizeof *distances, GRID = 4 };

void handle_design_page(struct request *r)
{
    struct tokens tokens;
    tokens_read(&r->arena, sheet_of(r), &tokens);
    struct view_distance *items = arena_new_array(&r->arena, struct view_distance, DISTANCES);
    for (size_t i = 0; i < DISTANCES; i++)
        items[i] = (struct view_distance){distances[i], (uint64_t)GRID * distances[i]};
    struct view_design v = {
        .tokens = tokens_view(&r->arena, &tokens),
        .distances = {items, DISTANCES},
    };
    shell_fill(&v.shell, r, STR("Design"));
    v.shell.plain = true;
    struct html *h = respond_html(r);
    enum language language = r->language;
    page_design(h, &v);
    pane_write(r, h, STR("Light"), STR("light"), v.shell.dir);
    pane_write(r, h, STR("Dark"), STR("dark"), v.shell.dir);
    r->language = language_rtl(r);
    pane_write(r, h, STR("Right to left"), STR("light"), STR("rtl"));
    r->language = language;
    h->texts = &r->web->texts[language];
    page_design_end(h, &v.shell);
    respond_page(r, 200);
}

/* ---- its sheet ---- */

static const char layout[] =
    ".top,.design,.foot{inline-size:100%;max-inline-size:100rem;margin-inline:auto;"
    "padding-inline:1.25rem}"
    ".design{padding-block:1rem 4rem}"
    ".design>h2{margin-block:3rem 1rem}"
    ".design-scroll{overflow-x:auto}"
    ".design table{border-collapse:collapse;font-size:var(--small)}"
    ".design :is(th,td){padding:.375rem .75rem;text-align:start;white-space:nowrap}"
    ".design-colour{display:inline-block;inline-size:2.5rem;block-size:1.25rem;"
    "margin-inline-end:.5rem;border:1px solid var(--edge);border-radius:3px;vertical-align:middle}"
    ".design-fails strong{color:var(--error)}"
    ".design-type dt{margin-block-start:1rem;color:var(--ink-2);font-size:var(--small);"
    "font-weight:400}"
    ".design-type p{margin:0}"
    ".design-h1{font-size:var(--display);font-weight:650;line-height:1.14;letter-spacing:-.022em}"
    ".design-h2{font-size:var(--section);font-weight:650;line-height:1.3}"
    ".design-distances{display:flex;flex-wrap:wrap;gap:1rem;align-items:end;list-style:none;"
    "font-size:var(--small)}"
    ".design-distance{display:block;block-size:1.5rem;background:var(--accent)}"
    ".design-panes{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));"
    "gap:1rem}"
    ".design-pane{min-inline-size:0;padding:1.5rem;border:1px solid var(--line);color:var(--ink)}"
    ".design-pane>*{margin-block:0 1.5rem}"
    /* A pane is narrower than the window that these sizes go by. */
    ".design-pane .answers>div{grid-template-columns:9rem 1fr auto}"
    ".design-pane .client-id{font-size:1.875rem}"
    ".design .light,.design .dark{color:var(--ink);background:var(--paper)}";

/* Every token of the sheet again, under a class. */
static void scheme_write(struct buf *out, const struct tokens *tokens, const char *name, bool dark)
{
    buf_fmt(out, ".%s{", name);
    for (size_t i = 0; i < tokens->n; i++)
        if (dark || !tokens->blocks[i].dark) {
            buf_str(out, tokens->blocks[i].text);
            buf_byte(out, ';');
        }
    buf_fmt(out, "color-scheme:%s}\n", name);
}

void handle_design_sheet(struct request *r)
{
    struct tokens tokens;
    struct buf out;
    tokens_read(&r->arena, sheet_of(r), &tokens);
    buf_init(&out, SHEET_MAX);
    scheme_write(&out, &tokens, "light", false);
    scheme_write(&out, &tokens, "dark", true);
    buf_bytes(&out, layout, sizeof layout - 1);
    for (size_t i = 0; i < KNOWN; i++)
        buf_fmt(&out, ".design-%s{background:var(--%s)}", known[i].name, known[i].name);
    for (size_t i = 0; i < DISTANCES; i++)
        buf_fmt(&out, ".design-distance-%u{inline-size:%upx}", distances[i], GRID * distances[i]);
    must(buf_ok(&out));
    struct str body = arena_str(&r->arena, buf_view(&out));
    buf_release(&out);
    respond_bytes(r, 200, STR("text/css; charset=utf-8"), body);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "config/config.h"
#include "core/chart.h"
#include "core/date.h"
#include "web/html.h"
#include "web/insights.h"
#include "web/queue_url.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/staff_shell.h"
#include "web/state.h"
#include "web/view_insights.h"

#include "pages.h"

#include <inttypes.h>

/* The chart, in pixels. */
enum { TOP = 22, BASE = 158, UNDER = 178, PLOT = BASE - TOP, ABOVE = 5, MARKS = 5 };

static const struct words *words_of(const struct request *r)
{
    return &r->web->config->words[r->language];
}

static struct str number(struct request *r, uint64_t n)
{
    return words_number(&r->arena, words_of(r), n);
}

/* "42%"; under one in a hundred says so. */
static struct str percent(struct request *r, uint64_t part, uint64_t whole)
{
    enum { HUNDRED = 100 };
    if (!whole)
        return STR_EMPTY;
    uint64_t x = (part * HUNDRED + whole / 2) / whole;
    struct str n = part && !x ? STR("<1") : arena_fmt(&r->arena, "%" PRIu64, x);
    return say_with(r, TEXT_INSIGHTS_PERCENT, "number", n);
}

static struct str iso(struct request *r, int64_t day)
{
    int64_t year;
    unsigned month, of_month;
    date_civil(day, &year, &month, &of_month);
    return arena_fmt(&r->arena, "%04" PRId64 "-%02u-%02u", year, month, of_month);
}

static struct str full_day(struct request *r, int64_t day)
{
    return say_day(r, day * INSIGHTS_DAY_MS);
}

/* ---- the chart ------------------------------------------------------------------------------- */

static const struct {
    enum text title, unit;
} units[] = {
    [CHART_DAY] = {TEXT_INSIGHTS_BY_DAY, TEXT_INSIGHTS_DAY},
    [CHART_WEEK] = {TEXT_INSIGHTS_BY_WEEK, TEXT_INSIGHTS_WEEK},
    [CHART_MONTH] = {TEXT_INSIGHTS_BY_MONTH, TEXT_INSIGHTS_MONTH},
};

static struct str bar_label(struct request *r, const struct chart_bar *bar, enum chart_unit unit)
{
    if (unit == CHART_MONTH)
        return words_month(&r->arena, words_of(r), bar->first * INSIGHTS_DAY_MS);
    return full_day(r, bar->first);
}

/* Times a thousand of the whole width; from the right where one reads so. */
static struct str across(struct request *r, bool mirrored, unsigned at, unsigned width)
{
    enum { WHOLE = 100000, THOUSAND = 1000 };
    unsigned x = mirrored ? WHOLE - at - width : at;
    return arena_fmt(&r->arena, "%u.%03u%%", x / THOUSAND, x % THOUSAND);
}

/* Where bar i of n stands, and how wide: narrow when there are few, near each other when many. */
static void place_bar(size_t i, size_t n, unsigned *at, unsigned *width)
{
    enum { WHOLE = 100000, WIDEST = 4500, MANY = 60 };
    must(n > 0);
    double slot = (double)WHOLE / (double)n;
    double w = slot * (n > MANY ? 0.84 : 0.74);
    if (w > WIDEST)
        w = WIDEST;
    *width = (unsigned)w;
    *at = (unsigned)(slot * (double)i + (slot - w) / 2);
}

static uint64_t height_of(uint64_t n, uint64_t end)
{
    must(end > 0);
    uint64_t height = n * PLOT / end;
    return n && !height ? 1 : height;
}

static struct view_chart_bars chart_rects(struct request *r, const struct chart_bars *bars,
                                          enum chart_unit unit, uint64_t end, bool mirrored)
{
    struct view_chart_bar *items = arena_new_array(&r->arena, struct view_chart_bar, bars->n);
    for (size_t i = 0; i < bars->n; i++) {
        unsigned at, width;
        uint64_t height = height_of(bars->items[i].n, end);
        place_bar(i, bars->n, &at, &width);
        items[i] = (struct view_chart_bar){
            .x = across(r, mirrored, at, width),
            .width = across(r, false, width, 0),
            .y = BASE - height,
            .height = height,
            .label = bar_label(r, &bars->items[i], unit),
            .n = number(r, bars->items[i].n),
            .iso = iso(r, bars->items[i].first),
        };
    }
    return (struct view_chart_bars){items, bars->n};
}

/* A few dates under the bars, both ends among them. */
static struct view_chart_marks marks_across(struct request *r, const struct chart_bars *bars,
                                            enum chart_unit unit, bool mirrored)
{
    size_t n = bars->n < MARKS ? bars->n : MARKS;
    struct view_chart_mark *items = arena_new_array(&r->arena, struct view_chart_mark, n);
    for (size_t j = 0; j < n; j++) {
        size_t i = n > 1 ? j * (bars->n - 1) / (n - 1) : 0;
        unsigned at, width;
        int64_t ms = bars->items[i].first * INSIGHTS_DAY_MS;
        place_bar(i, bars->n, &at, &width);
        bool first = n > 1 && j == 0, last = n > 1 && j == n - 1;
        at += first ? 0 : last ? width : width / 2;
        items[j] = (struct view_chart_mark){
            .x = across(r, mirrored, at, 0),
            .y = UNDER,
            .anchor = first  ? STR("start")
                      : last ? STR("end")
                             : STR("middle"),
            .label = unit == CHART_MONTH ? words_month(&r->arena, words_of(r), ms)
                                         : words_day_of_year(&r->arena, words_of(r), ms),
            .spare = j % 2 == 1,
        };
    }
    return (struct view_chart_marks){items, n};
}

/* A bar that reaches the end of the axis says how high that is. */
static struct view_chart_marks marks_up(struct request *r, struct chart_axis axis, uint64_t most)
{
    struct view_chart_mark *items = arena_new_array(&r->arena, struct view_chart_mark, 2);
    items[0] = (struct view_chart_mark){.y = TOP,
                                        .label = most < axis.end ? number(r, axis.end) : STR_EMPTY};
    items[1] = (struct view_chart_mark){.y = TOP + PLOT / 2};
    return (struct view_chart_marks){items, 2};
}

static struct str chart_text(struct request *r, const struct insights *found,
                             const struct chart_bars *bars, struct str peak)
{
    const struct text_value values[] = {
        {"all", number(r, found->all)}, {"number", number(r, bars->most)}, {"day", peak}};
    return words_fill(&r->arena, words_of(r), TEXT_INSIGHTS_CHART_TEXT, values,
                      sizeof values / sizeof *values);
}

static struct view_chart chart_of(struct request *r, const struct insights_visit *v, bool mirrored)
{
    enum chart_unit unit = chart_unit(v->found.days_n);
    struct chart_bars bars =
        chart_bars(&r->arena, v->range.first, v->found.days, v->found.days_n, unit);
    struct chart_axis axis = chart_axis(bars.most);
    unsigned at, width;
    place_bar(bars.highest, bars.n, &at, &width);
    return (struct view_chart){
        .title = say(r, units[unit].title),
        .unit = say(r, units[unit].unit),
        .text = chart_text(r, &v->found, &bars, bar_label(r, &bars.items[bars.highest], unit)),
        .edge = mirrored ? STR("100%") : STR("0"),
        .base = BASE,
        .bars = chart_rects(r, &bars, unit, axis.end, mirrored),
        .across = marks_across(r, &bars, unit, mirrored),
        .up = marks_up(r, axis, bars.most),
        .peak = {.x = across(r, mirrored, at + width / 2, 0),
                 .y = BASE - height_of(bars.most, axis.end) - ABOVE,
                 .label = bars.most ? number(r, bars.most) : STR_EMPTY},
    };
}

/* ---- parts of a whole ------------------------------------------------------------------------ */

static struct view_part part_of(struct request *r, struct str label, uint64_t n, uint64_t most,
                                uint64_t whole)
{
    return (struct view_part){
        .label = label,
        .n = number(r, n),
        .share = percent(r, n, whole),
        .width = chart_percent(&r->arena, n, most),
    };
}

/* What once could be chosen and cannot any more reads as it was stored. */
static struct str choice_label(const struct choices *choices, struct str value)
{
    for (size_t i = 0; i < choices->n; i++)
        if (str_eq(choices->items[i].value, value))
            return choices->items[i].label;
    return value;
}

/* The submissions of these days in the queue. */
static struct str queue_href(struct request *r, const struct insights_visit *v, struct str status,
                             struct str service)
{
    const struct queue_url url = {
        .status = status,
        .service = service,
        .from = iso(r, v->range.first),
        .to = iso(r, v->range.last),
    };
    return staff_may(r, ACTION_read_records) ? queue_url_write(&r->arena, &url) : STR_EMPTY;
}

static struct view_parts tallies_of(struct request *r, const struct insights_visit *v,
                                    const struct tallies *tallies, enum choice_list list)
{
    const struct choices *choices = &say_rules(r)->choices[list];
    struct view_part *items = arena_new_array(&r->arena, struct view_part, tallies->n);
    for (size_t i = 0; i < tallies->n; i++) {
        const struct tally *t = &tallies->items[i];
        items[i] =
            part_of(r, choice_label(choices, t->value), t->n, tallies->items[0].n, v->found.all);
        if (list == CHOICE_SERVICE)
            items[i].href = queue_href(r, v, STR_EMPTY, t->value);
    }
    return (struct view_parts){items, tallies->n};
}

static const enum text span_texts[CONTACT_SPANS] = {
    TEXT_INSIGHTS_CONTACT_1H, TEXT_INSIGHTS_CONTACT_4H, TEXT_INSIGHTS_CONTACT_1D,
    TEXT_INSIGHTS_CONTACT_3D, TEXT_INSIGHTS_CONTACT_7D, TEXT_INSIGHTS_CONTACT_LONGER,
};

static struct view_parts contacts_of(struct request *r, const struct insights_visit *v)
{
    struct view_part *items = arena_new_array(&r->arena, struct view_part, CONTACT_SPANS + 1);
    uint64_t contacted = 0, most = 0;
    for (int i = 0; i < CONTACT_SPANS; i++) {
        contacted += v->found.contacts[i];
        most = v->found.contacts[i] > most ? v->found.contacts[i] : most;
    }
    uint64_t none = v->found.all > contacted ? v->found.all - contacted : 0;
    most = none > most ? none : most;
    for (int i = 0; i < CONTACT_SPANS; i++)
        items[i] = part_of(r, say(r, span_texts[i]), v->found.contacts[i], most, v->found.all);
    items[CONTACT_SPANS] = part_of(r, say(r, TEXT_INSIGHTS_CONTACT_NONE), none, most, v->found.all);
    items[CONTACT_SPANS].rest = true;
    if (none)
        items[CONTACT_SPANS].href = queue_href(r, v, STR("new,spam"), STR_EMPTY);
    return (struct view_parts){items, v->found.all ? CONTACT_SPANS + 1 : 0};
}

/* ---- the form, step by step ------------------------------------------------------------------ */

static const enum text stage_texts[FUNNEL_STAGES] = {
    [FUNNEL_STARTED] = TEXT_INSIGHTS_STEP_STARTED,
    [FUNNEL_COMPANY] = TEXT_INSIGHTS_STEP_COMPANY,
    [FUNNEL_ENGAGEMENT] = TEXT_INSIGHTS_STEP_ENGAGEMENT,
    [FUNNEL_CHECK] = TEXT_INSIGHTS_STEP_CHECK,
    [FUNNEL_SENT] = TEXT_INSIGHTS_STEP_SENT,
};

static const enum text took_texts[FUNNEL_SPANS] = {
    TEXT_INSIGHTS_TOOK_1M,  TEXT_INSIGHTS_TOOK_3M,     TEXT_INSIGHTS_TOOK_10M,
    TEXT_INSIGHTS_TOOK_30M, TEXT_INSIGHTS_TOOK_LONGER,
};

static struct view_parts steps_of(struct request *r, const struct insights *f)
{
    struct view_part *items = arena_new_array(&r->arena, struct view_part, FUNNEL_STAGES);
    uint64_t most = 0;
    for (int i = 0; i < FUNNEL_STAGES; i++)
        most = f->reached[i] > most ? f->reached[i] : most;
    for (int i = 0; i < FUNNEL_STAGES; i++) {
        uint64_t next = i + 1 < FUNNEL_STAGES ? f->reached[i + 1] : f->reached[i];
        size_t took = chart_middle(f->took[i], FUNNEL_SPANS);
        items[i] =
            part_of(r, say(r, stage_texts[i]), f->reached[i], most, f->reached[FUNNEL_STARTED]);
        if (f->reached[i] > next)
            items[i].left = number(r, f->reached[i] - next);
        if (took < FUNNEL_SPANS)
            items[i].took = say(r, took_texts[took]);
        if (f->refused[i])
            items[i].sent = number(r, f->refused[i]);
    }
    return (struct view_parts){items, most ? FUNNEL_STAGES : 0};
}

static struct str finding_label(struct request *r, struct str code)
{
    static const enum text texts[FINDING_CODES] = {
        [FINDING_MISSING] = TEXT_INSIGHTS_FINDING_MISSING,
        [FINDING_WRONG] = TEXT_INSIGHTS_FINDING_WRONG,
        [FINDING_OUT_OF_RANGE] = TEXT_INSIGHTS_FINDING_OUT_OF_RANGE,
        [FINDING_TOO_LONG] = TEXT_INSIGHTS_FINDING_TOO_LONG,
        [FINDING_CONTROL] = TEXT_INSIGHTS_FINDING_CONTROL,
        [FINDING_NOT_A_CHOICE] = TEXT_INSIGHTS_FINDING_NOT_A_CHOICE,
    };
    for (int i = 0; i < FINDING_CODES; i++)
        if (str_eq(str_from(finding_code_name((enum finding_code)i)), code))
            return say(r, texts[i]);
    return code;
}

static struct view_lapses lapses_of(struct request *r, const struct insights *f)
{
    const struct form_rules *rules = say_rules(r);
    struct view_lapse *items = arena_new_array(&r->arena, struct view_lapse, f->reasons_n);
    for (size_t i = 0; i < f->reasons_n; i++) {
        const struct reason *reason = &f->reasons[i];
        size_t field = form_field(rules, reason->field);
        items[i] = (struct view_lapse){
            .question = field < rules->fields_n ? rules->fields[field].label : reason->field,
            .finding = finding_label(r, reason->code),
            .n = number(r, reason->n),
        };
    }
    return (struct view_lapses){items, f->reasons_n};
}

/* ---- the figures at the top ------------------------------------------------------------------ */

static uint64_t waiting(const struct search_tallies *tallies)
{
    uint64_t n = 0;
    for (size_t i = 0; i < tallies->n; i++)
        if (str_eq(tallies->items[i].status, STR("new")))
            n += tallies->items[i].n;
    return n;
}

static struct str sent_note(struct request *r, uint64_t sent, uint64_t begun)
{
    const struct text_value values[] = {{"sent", number(r, sent)}, {"begun", number(r, begun)}};
    return words_fill(&r->arena, words_of(r), TEXT_INSIGHTS_SENT_NOTE, values, 2);
}

static struct view_figures figures_of(struct request *r, const struct insights_visit *v)
{
    const struct insights *f = &v->found;
    struct view_figure *items = arena_new_array(&r->arena, struct view_figure, 4);
    uint64_t begun = f->reached[FUNNEL_STARTED], sent = f->reached[FUNNEL_SENT];
    size_t span = chart_middle(f->contacts, CONTACT_SPANS), n = 0;
    items[n++] = (struct view_figure){
        .label = say(r, TEXT_INSIGHTS_ARRIVED),
        .value = number(r, f->all),
        .note = say_with(r, TEXT_INSIGHTS_BEFORE, "number", number(r, v->before)),
    };
    items[n++] = (struct view_figure){
        .label = say(r, TEXT_INSIGHTS_WAITING),
        .value = number(r, waiting(&v->tallies)),
        .note = say(r, TEXT_INSIGHTS_WAITING_NOTE),
        .href = staff_may(r, ACTION_read_records) ? STR("/staff?status=new") : STR_EMPTY,
    };
    if (span < CONTACT_SPANS)
        items[n++] = (struct view_figure){
            .label = say(r, TEXT_INSIGHTS_CONTACT),
            .value = say(r, span_texts[span]),
            .note = say(r, TEXT_INSIGHTS_CONTACT_NOTE),
        };
    if (begun)
        items[n++] = (struct view_figure){
            .label = say(r, TEXT_INSIGHTS_SENT),
            .value = percent(r, sent < begun ? sent : begun, begun),
            .note = sent_note(r, sent, begun),
        };
    return (struct view_figures){items, n};
}

/* ---- the page -------------------------------------------------------------------------------- */

static struct view_links ranges_of(struct request *r, const struct insights_range *range)
{
    static const struct {
        unsigned days;
        enum text label;
    } rows[] = {{7, TEXT_INSIGHTS_DAYS_7},
                {30, TEXT_INSIGHTS_DAYS_30},
                {90, TEXT_INSIGHTS_DAYS_90},
                {365, TEXT_INSIGHTS_DAYS_365}};
    enum { ROWS = sizeof rows / sizeof *rows };
    struct view_link *items = arena_new_array(&r->arena, struct view_link, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        items[i] = (struct view_link){
            .href = arena_fmt(&r->arena, "/staff/insights?days=%u", rows[i].days),
            .label = say(r, rows[i].label),
            .current = rows[i].days == range->days,
        };
    return (struct view_links){items, ROWS};
}

static struct str wrong_text(struct request *r, enum insights_wrong wrong)
{
    static const enum text texts[] = {
        [RANGE_NO_DATE] = TEXT_AUDIT_DATE_WRONG,
        [RANGE_TURNED] = TEXT_INSIGHTS_TURNED,
        [RANGE_TOO_LONG] = TEXT_INSIGHTS_TOO_LONG,
    };
    return wrong ? say(r, texts[wrong]) : STR_EMPTY;
}

static struct str period_of(struct request *r, const struct insights_range *range)
{
    const struct text_value values[] = {{"from", full_day(r, range->first)},
                                        {"to", full_day(r, range->last)}};
    return words_fill(&r->arena, words_of(r), TEXT_INSIGHTS_PERIOD, values, 2);
}

void insights_write(struct request *r, const struct insights_visit *v)
{
    const struct insights_range *range = &v->range;
    bool wrong = range->from_wrong || range->to_wrong;
    struct view_insights view = {
        .ranges = ranges_of(r, range),
        .period = period_of(r, range),
        .from = range->from.len || wrong ? range->from : iso(r, range->first),
        .to = range->to.len || wrong ? range->to : iso(r, range->last),
        .from_error = wrong_text(r, range->from_wrong),
        .to_error = wrong_text(r, range->to_wrong),
        .figures = figures_of(r, v),
        .services = tallies_of(r, v, &v->found.services, CHOICE_SERVICE),
        .industries = tallies_of(r, v, &v->found.industries, CHOICE_INDUSTRY),
        .contacts = contacts_of(r, v),
        .steps = steps_of(r, &v->found),
        .lapses = lapses_of(r, &v->found),
        .any = v->found.all != 0,
    };
    staff_shell_fill(&view.staff, r, say(r, TEXT_STAFF_INSIGHTS), SECTION_INSIGHTS);
    view.staff.shell.has_errors = wrong;
    view.chart = chart_of(r, v, str_eq(view.staff.shell.dir, STR("rtl")));
    page_insights(respond_html(r), &view);
    respond_page(r, wrong ? 422 : 200);
}

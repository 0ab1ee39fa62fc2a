#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Templates compiled to C, the C compiled with every warning and run: what comes out is compared
with what stands here, and hostile values are read back by an HTML parser that is not ours.

Needs build/tool/template and build/tool/assets. Prints TAP.
"""
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

ROOT = os.getcwd()
WARNINGS = ("-std=gnu17 -D_GNU_SOURCE -O1 -Wall -Wextra -Wconversion -Wshadow -Wvla "
            "-Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wformat=2 -Werror").split()
BASE = [f"src/base/{n}.c" for n in ("arena", "buf", "must", "str")]
COMPILERS = [c for c in ("gcc", "clang") if shutil.which(c)]

VIEW = """
#include "web/html.h"
struct item { struct str name; bool on; };
struct items { const struct item *items; size_t n; };
struct view {
    struct str a, b, none;
    struct markup m;
    uint64_t number;
    int64_t below;
    const char *c;
    bool yes, no;
    int plain_int;
    struct items list, empty;
};
"""

MAIN = """
#include "pages.h"
int main(int argc, char **argv)
{
    static const struct item items[] = {
        {STR_INIT("one"), true}, {STR_INIT("two"), false}, {STR_INIT("<3>"), true}};
    struct html h;
    html_init(&h, 1 << 20);
    static char bytes[1 << 16];
    size_t n = argc > 1 ? fread(bytes, 1, sizeof bytes, stdin) : 0;
    (void)argv;
    struct view v = {.a = argc > 1 ? str_of(bytes, n) : STR("A&B"), .b = STR("/b?c&d"),
                     .m = {STR("<i>m</i>")}, .number = 12, .below = -3, .c = "c\\"c",
                     .yes = true, .list = {items, 3}};
    page_x(&h, &v);
    if (!html_ok(&h))
        return 1;
    fwrite(html_view(&h).ptr, 1, html_view(&h).len, stdout);
    html_release(&h);
    return 0;
}
"""

GOLDEN = """{{page x(struct view *v)}}
{{! Everything the language has. }}
<!doctype html>
<title>{{v.a}}</title>
<link rel="stylesheet" href="{{asset app.css}}">
  <p class="x{{#if v.yes}} yes{{/if}}{{#if v.no}} no{{/if}}"{{#if !v.no}} hidden{{/if}}>

      {{v.a}} {{&v.m}} {{v.number}} {{v.below}} {{v.c}}</p>
<a href="{{v.b}}">b</a><a href="/x/{{v.b}}#{{v.number}}">b</a><a href="mailto:{{v.a}}">a</a>
{{#if v.none}}
never
{{else}}
{{#if v.a}}a{{/if}}{{#if v.number}}n{{/if}}{{#if v.list.n}}l{{/if}}{{#if v.empty.n}}e{{/if}}{{#if v.c}}c{{/if}}
{{/if}}
<ol>
{{#each v.list as x}}
    <li>{{@number}} {{x.name}}{{#if x.on}} on{{/if}}{{#if !@last}},{{/if}}{{#if @first}} first{{/if}}</li>
{{/each}}
</ol>
{{#each v.empty as x}}
{{x.name}}
{{/each}}
{{#each v.list as x}}{{#each v.list as y}}{{#if @first}}|{{/if}}{{y.name}}{{/each}}{{#if @last}}!{{/if}}{{/each}}
{{> names v.list}}
{{#each v.list as x}}
{{> name x}}
{{/each}}
<textarea>
{{v.a}}
  kept</textarea>
??= \\ "q" – end
"""
NAMES = "{{partial names(struct items *l)}}\n<b>{{#each l as x}}{{> name x}}{{/each}}</b>\n"
NAME = "{{partial name(struct item *i)}}\n<u>{{i.name}}</u>\n"
WANT = """<!doctype html>
<title>A&amp;B</title>
<link rel="stylesheet" href="/static/app.0123456789.css">
<p class="x yes" hidden>
A&amp;B <i>m</i> 12 -3 c&#34;c</p>
<a href="/b?c&amp;d">b</a><a href="/x/%2Fb%3Fc%26d#12">b</a><a href="mailto:A%26B">a</a>
anlc
<ol>
<li>1 one on, first</li>
<li>2 two,</li>
<li>3 &lt;3&gt; on</li>
</ol>
|onetwo&lt;3&gt;|onetwo&lt;3&gt;|onetwo&lt;3&gt;!
<b><u>one</u>
<u>two</u>
<u>&lt;3&gt;</u>
</b>
<u>one</u>
<u>two</u>
<u>&lt;3&gt;</u>
<textarea>
A&amp;B
  kept</textarea>
??= \\ "q" – end
"""

HOSTILE_PAGE = """{{page x(struct view *v)}}
<title>{{v.a}}</title><p title="{{v.a}}">{{v.a}}</p><p title='{{v.a}}'></p><textarea>
{{v.a}}</textarea><a href="{{v.a}}"></a><a href="/p/{{v.a}}?q={{v.a}}#{{v.a}}"></a>
"""
HOSTILE = [
    b"", b"plain", b"<script>alert(1)</script>", b"</title><script>x</script>",
    b"</textarea><img src=x onerror=alert(1)>", b"\" onmouseover=\"alert(1)",
    b"' onmouseover='alert(1)", b"\"><svg onload=alert(1)>", b"'><!--", b"--><b>", b"<!--",
    b"&lt;b&gt;", b"&amp", b"&#60;script&#62;", b"&", b"&&", b"<", b"a<b>c", b"\r\n\ta\r",
    b"\n\nleading", b"javascript:alert(1)", b"JaVaScRiPt:alert(1)", b"java\tscript:alert(1)",
    b"data:text/html,<b>", b"//example.org", b"/ok?a=b&c=d#e", b"https://example.org/?a&b",
    b"mailto:a@b", b"]]><b>", b"{{v.b}}", b"%3Cb%3E", b"`onclick=x`", b"\xe2\x80\xa8<\xe2\x80\xa9",
    "é–€𝄞".encode(), b"../../x", b"\x01\x02", bytes(range(1, 128)),
]

count = failures = 0


def report(ok, name, detail=""):
    global count, failures
    count += 1
    failures += not ok
    print(("ok" if ok else "not ok") + f" {count} - {name}")
    if not ok:
        for line in str(detail).splitlines():
            print("# " + line)


def run(*command, cwd=None, stdin=None):
    return subprocess.run(command, cwd=cwd, input=stdin, capture_output=True)


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def template(folder, **pages):
    """Compiles pages (name → text) in folder; the finished process."""
    write(folder, "index", "app.css /static/app.0123456789.css\n")
    write(folder, "texts", "a.b TEXT_A_B plain\n")
    write(folder, "web/views.h", VIEW)
    write(folder, "main.c", MAIN)
    for name, text in pages.items():
        write(folder, name + ".html", text)
    return run(f"{ROOT}/build/tool/template", "index", "texts", "pages.c", "pages.h",
               *[n + ".html" for n in pages], cwd=folder)


def build(compiler, folder):
    return run(compiler, *WARNINGS, f"-I{folder}", "-Isrc", "-Ibuild/gen", f"{folder}/main.c", f"{folder}/pages.c",
               "src/web/html.c", *BASE, "-o", f"{folder}/page")


class Reader(HTMLParser):
    """Tags with their attributes, and the text in each."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.text = [], {}

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, attrs))

    def handle_data(self, data):
        tag = self.tags[-1][0]
        self.text[tag] = self.text.get(tag, "") + data


def read_back(value, page):
    """None when page shows exactly value in each place, else what is wrong."""
    page = page.decode("utf-8")
    reader = Reader()
    # Like a browser: title and textarea hold no tags (older versions of this parser do not know).
    for tag in ("title", "textarea"):
        inside = page.split(f"<{tag}>", 1)[1].split(f"</{tag}>", 1)[0]
        if "<" in inside:
            return f"< inside <{tag}>: {inside!r}"
    reader.feed(page)
    reader.close()
    want = value.decode("utf-8")
    shape = [(t, [k for k, _ in a]) for t, a in reader.tags]
    if shape != [("title", []), ("p", ["title"]), ("p", ["title"]), ("textarea", []),
                 ("a", ["href"]), ("a", ["href"])]:
        return f"other tags: {reader.tags}"
    for place, got in (("title", reader.text.get("title", "")), ("p", reader.text.get("p", "")),
                       ("\"…\"", reader.tags[1][1][0][1]), ("'…'", reader.tags[2][1][0][1]),
                       ("textarea", reader.text["textarea"][1:])):
        if got != want:
            return f"{place}: {got!r}"
    whole = reader.tags[4][1][0][1]
    if whole != want and whole != "#":
        return f"href: {whole!r}"
    if whole == want and not value.startswith((b"/", b"https:", b"mailto:")) and b":" in value:
        return f"href let {value!r} pass"
    parts = reader.tags[5][1][0][1]
    path, rest = parts[len("/p/"):].split("?q=", 1)
    query, fragment = rest.split("#", 1)
    for part in (path, query, fragment):
        if unquote_to_bytes(part) != value or set(part) & set("/?#&=<>\"' "):
            return f"part: {part!r}"
    return None


def test_pages(folder):
    done = template(folder, x=GOLDEN, names=NAMES, name=NAME)
    report(done.returncode == 0, "a page with everything compiles", done.stderr.decode())
    for compiler in COMPILERS:
        made = build(compiler, folder)
        report(made.returncode == 0, f"{compiler} takes it without a warning", made.stderr.decode())
        got = run(f"{folder}/page").stdout.decode()
        report(got == WANT, f"the page as built by {compiler}", got)
    done = template(folder, x=HOSTILE_PAGE)
    build(COMPILERS[0], folder)
    for value in HOSTILE:
        wrong = read_back(value, run(f"{folder}/page", "-", stdin=value).stdout)
        report(wrong is None, f"comes back unchanged: {ascii(value)[:40]}".replace("#", "\\#"),
               wrong)


def test_c_errors(folder):
    """What only the C compiler can know: the message points into the template."""
    for body, why in (("{{v.yes}}", "a truth is no text"),
                      ("{{v.m}}", "markup is not written by {{v.m}}"),
                      ("{{&v.a}}", "text is no markup"),
                      ("{{v.list}}", "a list is no text"),
                      ("{{v.plain_int}}", "an int is no text"),
                      ("{{#if v.list}}x{{/if}}", "a list is asked by its n"),
                      ("<a href=\"{{v.number}}\">x</a>", "a number is no URL"),
                      ("<a href=\"{{v.m}}\">x</a>", "markup is no URL"),
                      ("{{v.nothing}}", "no such member"),
                      ("{{#each v.a as x}}{{/each}}", "text is no list"),
                      ("{{> name v.a}}", "a partial of another type")):
        done = template(folder, x="{{page x(struct view *v)}}\n\n" + body, name=NAME)
        if done.returncode:
            report(False, why, done.stderr.decode())
            continue
        for compiler in COMPILERS:
            made = build(compiler, folder)
            report(made.returncode != 0 and b"x.html:3:" in made.stderr,
                   f"{compiler}: {why}", made.stderr.decode())


def test_command(folder):
    done = template(folder, x="{{page x(struct view *v)}}\n<p onclick=x>\n", y="nothing")
    want = ("x.html:2:4: onclick= is refused: scripts live in assets/static/js\n"
            "y.html:1:1: the first line is {{page NAME(struct TYPE *v)}} or "
            "{{partial NAME(struct TYPE *v)}}\n")
    report(done.returncode == 1 and done.stderr.decode() == want, "one refusal a file", done.stderr)
    tool = f"{ROOT}/build/tool/template"
    report(run(tool).returncode == 2, "usage")
    done = run(tool, "index", "texts", "o.c", "o.h", "missing.html", cwd=folder)
    report(done.returncode == 1 and b"missing.html: No such file" in done.stderr, "a missing file")
    report(not os.path.exists(f"{folder}/o.c"), "nothing is written after a refusal")


def assets(folder, **env):
    return subprocess.run([f"{ROOT}/build/tool/assets", "in", "out"], cwd=folder,
                          capture_output=True, env={**os.environ, **env})


def output(folder):
    return b"".join(open(f"{folder}/out/assets.{e}", "rb").read() for e in ("c", "h", "index"))


def short_hash(text):
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def test_assets(folder):
    os.makedirs(f"{folder}/out")
    svg = "<svg>" + "x" * 300 + "</svg>"
    css = "a{background:url(/static/img/m.svg)}b{background:url(\"/static/img/m.svg#x\")}"
    write(folder, "in/img/m.svg", svg)
    write(folder, "in/app.css", css)
    write(folder, "in/tiny.txt", "t")
    done = assets(folder)
    report(done.returncode == 0, "a folder is packed", done.stderr.decode())
    hashed = f"img/m.{short_hash(svg)}.svg"
    rewritten = css.replace("img/m.svg", hashed)
    index = sorted([f"img/m.svg /static/{hashed}",
                    f"app.css /static/app.{short_hash(rewritten)}.css",
                    f"tiny.txt /static/tiny.{short_hash('t')}.txt"])
    got = open(f"{folder}/out/assets.index").read()
    report(sorted(got.splitlines()) == index, "names carry the hash of what is sent", got)
    header = open(f"{folder}/out/assets.h").read()
    report(f'#define ASSET_URL_IMG_M_SVG "/static/{hashed}"' in header, "a macro names each URL")
    write(folder, "main.c", """
#include "web/asset.h"
int main(int argc, char **argv)
{
    (void)argc;
    const struct asset *a = asset_find_named(str_from(argv[1]));
    struct str encoding;
    if (!a)
        return 3;
    struct str s = asset_pick(a, str_from(argv[2]), &encoding);
    fprintf(stderr, "%.*s", STR_ARG(encoding));
    fwrite(s.ptr, 1, s.len, stdout);
    return 0;
}
""")
    for compiler in COMPILERS:
        made = run(compiler, *WARNINGS, "-Isrc", f"{folder}/main.c", f"{folder}/out/assets.c",
                   "src/web/asset.c", *BASE, "-o", f"{folder}/show")
        report(made.returncode == 0, f"{compiler} takes it without a warning", made.stderr.decode())
    show = run(f"{folder}/show", "app.css", "")
    report(show.stdout.decode() == rewritten, "a style sheet names hashed files", show.stdout)
    show = run(f"{folder}/show", "img/m.svg", "gzip")
    report(show.stderr == b"gzip" and gzip.decompress(show.stdout).decode() == svg, "gzip")
    show = run(f"{folder}/show", "tiny.txt", "gzip, br")
    report(show.stderr == b"" and show.stdout == b"t", "a form that is not smaller is not kept")
    if shutil.which("brotli"):
        show = run(f"{folder}/show", "img/m.svg", "br")
        plain = run("brotli", "-d", "-c", stdin=show.stdout).stdout
        report(show.stderr == b"br" and plain.decode() == svg, "brotli")
    else:
        report(True, "brotli # SKIP no brotli program")
    first = output(folder)
    os.utime(f"{folder}/in/app.css", (1, 1))
    report(assets(folder).returncode == 0 and output(folder) == first, "the same bytes again")
    done = assets(folder, PATH="/nowhere")
    report(done.returncode == 0 and b"gzip only" in done.stderr and b"brotli0" not in
           output(folder), "without a brotli program", done.stderr.decode())


def test_asset_refusals(folder):
    os.makedirs(f"{folder}/out")
    os.makedirs(f"{folder}/in")
    report(b"no files" in assets(folder).stderr, "an empty folder")
    for name, text, want in (
            ("a.exe", "x", "no content type is known"),
            ("A.css", "x", "a name here is made of"),
            ("a b.css", "x", "a name here is made of"),
            (".hidden.css", "x", "a name here is made of"),
            ("d/.git/a.css", "x", "a name here is made of"),
            ("a.css", "url(/static/no.svg)", "a.css: /static/no.svg does not exist"),
            ("a.css", "@import '/static/a.css';", "is a style sheet")):
        write(folder, "in/" + name, text)
        done = assets(folder)
        report(done.returncode == 1 and want in done.stderr.decode(), f"refused: {name} {text}",
               done.stderr.decode())
        shutil.rmtree(f"{folder}/in")
        os.makedirs(f"{folder}/in")
    os.symlink("/etc/hostname", f"{folder}/in/a.txt")
    done = assets(folder)
    report(done.returncode == 1 and b"not a plain file" in done.stderr, "refused: a symbolic link",
           done.stderr.decode())
    report(not os.listdir(f"{folder}/out"), "nothing is written after a refusal")


for test in (test_pages, test_c_errors, test_command, test_assets, test_asset_refusals):
    with tempfile.TemporaryDirectory() as place:
        test(place)
print(f"1..{count}")
sys.exit(1 if failures else 0)

import { describe, expect, test } from "vitest";
import { sanitizeMailHtml } from "@/lib/mail/sanitize-mail-html";

describe("the HTML of a mail", () => {
  test.each([
    ["a script", "<p>a</p><script>steal()</script>", "<p>a</p>"],
    ["a script in an attribute", '<p onclick="steal()" onmouseover=steal()>a</p>', "<p>a</p>"],
    ["a style sheet", "<style>@import 'https://evil.example'</style><p>a</p>", "<p>a</p>"],
    ["a frame", '<iframe src="https://evil.example">x</iframe>a', "a"],
    ["an object", '<object data="x"><embed src="y">z</object>a', "a"],
    ["a form", '<form action="https://evil.example"><input name=p><button>Go</button></form>', "Go"],
    ["an SVG drawing", '<svg onload=steal()><a xlink:href="javascript:steal()">x</a></svg>', "<a>x</a>"],
    ["a base address", '<base href="https://evil.example/"><p>a</p>', "<p>a</p>"],
    ["a refresh", '<meta http-equiv=refresh content="0;url=https://evil.example"><p>a</p>', "<p>a</p>"],
    ["ids, names and classes", '<p id="app" name="body" class="admin">a</p>', "<p>a</p>"],
    ["a comment", "<!-- [if mso]><script>1</script><![endif] --><p>a</p>", "<p>a</p>"],
    ["raw text that turns into markup", "<xmp><img src=x onerror=steal()></xmp><p>a</p>", "<p>a</p>"],
  ])("loses %s", (_case, html, expected) => {
    expect(sanitizeMailHtml(html)).toBe(expected);
  });

  test.each([
    ["an image", '<img src="https://evil.example/a.gif" alt="Logo">', '<img alt="Logo" />'],
    ["image sources", '<img srcset="https://evil.example/a.gif 2x">', "<img />"],
    ["inline data", '<img src="data:image/svg+xml,<svg/>">', "<img />"],
    ["a background", '<table background="https://evil.example/a.gif"></table>', "<table></table>"],
    ["a video", '<video poster="https://evil.example/a.gif" src="x"></video>a', "a"],
    [
      "a CSS address",
      "<p style=\"color:red;background:url('https://evil.example/a')\">a</p>",
      '<p style="color:red">a</p>',
    ],
    ["an escaped CSS address", '<p style="background:\\75rl(https://evil.example)">a</p>', "<p>a</p>"],
    ["an image set", "<p style=\"background:image-set('https://evil.example' 1x)\">a</p>", "<p>a</p>"],
    ["a list picture", '<li style="list-style-image:url(https://evil.example)">a</li>', "<li>a</li>"],
  ])("fetches nothing through %s", (_case, html, expected) => {
    expect(sanitizeMailHtml(html)).toBe(expected);
  });

  test.each([
    "javascript:steal()",
    "JaVa\nscript:steal()",
    "data:text/html,x",
    "vbscript:x",
    "//evil.example",
    "/admin",
    "ftp://a.example",
    "file:///etc/passwd",
  ])("loses a link to %j", (href) => {
    expect(sanitizeMailHtml(`<a href="${href}" target="_top" rel="opener">a</a>`)).toBe("<a>a</a>");
  });

  test.each(["https://a.example/?x=1&amp;y=2", "http://a.example/", "mailto:a@example.com"])(
    "opens a link to %s in a new tab without a referrer",
    (href) => {
      expect(sanitizeMailHtml(`<a href="${href}" target="_top">a</a>`)).toBe(
        `<a href="${href}" rel="noopener noreferrer nofollow ugc" target="_blank">a</a>`,
      );
    },
  );

  test("keeps its layout and the pictures inside the mail", () => {
    const html =
      '<table width="600" bgcolor="#fff4e5"><tr><td align="center" style="color:rgb(1, 2, 3);padding:4px 8px;font-family:\'Open Sans\', Arial"><b dir="rtl">a</b><img src="cid:pic@example.com" width="32" alt="x" /></td></tr></table>';
    expect(sanitizeMailHtml(html)).toBe(html);
  });

  test("closes open tags, and a second pass changes nothing", () => {
    const once = sanitizeMailHtml("<div><b>a<p>b</div><td>c<a href='https://a.example'>d");
    expect(sanitizeMailHtml(once)).toBe(once);
  });

  test("refuses tags more than 500 deep, and takes any number that lie side by side", () => {
    expect(() => sanitizeMailHtml("<div>".repeat(501))).toThrow();
    expect(() => sanitizeMailHtml(`${"<b>".repeat(100_000)}${"</i>".repeat(100_000)}`)).toThrow();
    expect(sanitizeMailHtml(`${"<div>".repeat(500)}text`)).toContain("text");
    expect(sanitizeMailHtml("<p>one<br>two".repeat(2_000))).toContain("<p>one<br />");
  });
});

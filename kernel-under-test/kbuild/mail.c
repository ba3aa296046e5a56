/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kernel-under-test/kbuild/mail.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `word`: the variant of encoded words, where _ is a space. */
static void decode_qp(const char *s, size_t len, bool word, struct kut_text *out)
{
	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		if (word && c == '_') {
			c = ' ';
		} else if (c == '=' && i + 1 < len && s[i + 1] == '\n') {
			i++; /* soft line break */
			continue;
		} else if (c == '=' && i + 2 < len && hex_digit(s[i + 1]) >= 0 &&
			   hex_digit(s[i + 2]) >= 0) {
			c = (char)(hex_digit(s[i + 1]) * 16 + hex_digit(s[i + 2]));
			i += 2;
		}
		kut_text_add(out, &c, 1);
	}
}

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

static void decode_base64(const char *s, size_t len, struct kut_text *out)
{
	unsigned int bits = 0, n = 0;

	for (size_t i = 0; i < len && s[i] != '='; i++) {
		int d = base64_digit(s[i]);
		char c;

		if (d < 0)
			continue;
		bits = bits << 6 | (unsigned int)d;
		n += 6;
		if (n < 8)
			continue;
		n -= 8;
		c = (char)(bits >> n & 0xff);
		kut_text_add(out, &c, 1);
	}
}

/* =?charset?Q?text?= and =?charset?B?text?=; the bytes are taken as they are. */
static char *decode_words(const char *s)
{
	struct kut_text out = {0};
	bool after_word = false;

	kut_text_puts(&out, "");
	while (*s != '\0') {
		const char *charset_end, *text, *end;

		if (kut_starts(s, "=?") && (charset_end = strchr(s + 2, '?')) != NULL &&
		    charset_end[1] != '\0' && charset_end[2] == '?' &&
		    (end = strstr(charset_end + 3, "?=")) != NULL) {
			text = charset_end + 3;
			if (tolower((unsigned char)charset_end[1]) == 'b')
				decode_base64(text, (size_t)(end - text), &out);
			else
				decode_qp(text, (size_t)(end - text), true, &out);
			s = end + 2;
			after_word = true;
			continue;
		}
		if (after_word && *s == ' ') { /* blanks between two words do not count */
			const char *next = s + strspn(s, " ");

			after_word = false;
			if (kut_starts(next, "=?")) {
				s = next;
				continue;
			}
		}
		after_word = false;
		kut_text_add(&out, s++, 1);
	}
	return out.data;
}

static void strip_cr(struct kut_text *text)
{
	size_t to = 0;

	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] != '\r' || text->data[i + 1] != '\n')
			text->data[to++] = text->data[i];
	text->len = to;
	text->data[to] = '\0';
}

/* Value of a header field, unfolded; headers end at `end`. malloc()ed, "" if absent. */
static char *header(const char *text, const char *end, const char *name)
{
	size_t len = strlen(name);
	struct kut_text value = {0};

	kut_text_puts(&value, "");
	for (const char *line = text; line < end;) {
		const char *next = memchr(line, '\n', (size_t)(end - line));

		next = next ? next + 1 : end;
		if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
			line += len + 1;
			line += strspn(line, " \t");
			kut_text_add(&value, line, (size_t)(next - line));
			while (next < end && (*next == ' ' || *next == '\t')) {
				line = next + strspn(next, " \t");
				next = memchr(line, '\n', (size_t)(end - line));
				next = next ? next + 1 : end;
				value.data[value.len - 1] = ' ';
				kut_text_add(&value, line, (size_t)(next - line));
			}
			break;
		}
		line = next;
	}
	while (value.len > 0 && isspace((unsigned char)value.data[value.len - 1]))
		value.data[--value.len] = '\0';
	return value.data;
}

static const char *headers_end(const char *text)
{
	const char *end = *text == '\n' ? text : strstr(text, "\n\n");

	return end ? end + 1 : text + strlen(text);
}

/* Parameter of a Content-Type: boundary. malloc()ed or NULL. */
static char *boundary_of(const char *type)
{
	const char *p = strcasestr(type, "boundary=");
	size_t len;
	char *s;

	if (p == NULL)
		return NULL;
	p += strlen("boundary=");
	if (*p == '"') {
		p++;
		len = strcspn(p, "\"");
	} else {
		len = strcspn(p, "; \t\n");
	}
	s = kut_alloc(len + 3);
	memcpy(s, "--", 2);
	memcpy(s + 2, p, len);
	return s;
}

static void add_entity(const char *text, struct kut_text *out, int depth);

static void add_parts(const char *body, const char *boundary, struct kut_text *out, int depth)
{
	size_t len = strlen(boundary);
	const char *part = NULL;

	for (const char *line = body; line != NULL && *line != '\0';) {
		const char *next = strchr(line, '\n');

		if (strncmp(line, boundary, len) == 0) {
			if (part != NULL) {
				char *copy = kut_format("%.*s", (int)(line - part), part);

				add_entity(copy, out, depth + 1);
				free(copy);
			}
			if (strncmp(line + len, "--", 2) == 0)
				return;
			part = next ? next + 1 : NULL;
		}
		line = next ? next + 1 : NULL;
	}
	if (part != NULL) /* cut off before the last boundary */
		add_entity(part, out, depth + 1);
}

/* Append the text of a mail or of a part: header fields, an empty line, a body. */
static void add_entity(const char *text, struct kut_text *out, int depth)
{
	const char *end = headers_end(text);
	const char *body = *end == '\n' ? end + 1 : end;
	char *type = header(text, end, "Content-Type");
	char *encoding = header(text, end, "Content-Transfer-Encoding");
	char *boundary = boundary_of(type);
	struct kut_text plain = {0};

	kut_text_puts(&plain, "");
	if (strncasecmp(type, "multipart/", 10) == 0 && boundary != NULL && depth < 8)
		add_parts(body, boundary, out, depth);
	else if (*type != '\0' &&
		 (strncasecmp(type, "text/", 5) != 0 || strncasecmp(type, "text/html", 9) == 0))
		; /* signatures, pictures */
	else if (strcasecmp(encoding, "quoted-printable") == 0)
		decode_qp(body, strlen(body), false, &plain);
	else if (strcasecmp(encoding, "base64") == 0)
		decode_base64(body, strlen(body), &plain);
	else
		kut_text_puts(&plain, body);
	strip_cr(&plain);
	kut_text_add(out, plain.data, plain.len);
	kut_text_free(&plain);
	free(type);
	free(encoding);
	free(boundary);
}

const char *kut_diff_find(const char *text)
{
	for (const char *line = text; line != NULL && *line != '\0';) {
		const char *next = strchr(line, '\n');

		next = next ? next + 1 : NULL;
		if (kut_starts(line, "diff --git ") || kut_starts(line, "Index: "))
			return line;
		if (kut_starts(line, "--- ") && next != NULL && kut_starts(next, "+++ "))
			return line;
		line = next;
	}
	return NULL;
}

/* "3/7" */
static bool parse_number(const char *word, unsigned int *n, unsigned int *m)
{
	char *end;
	unsigned long a, b;

	if (!isdigit((unsigned char)*word))
		return false;
	a = strtoul(word, &end, 10);
	if (*end != '/' || !isdigit((unsigned char)end[1]))
		return false;
	b = strtoul(end + 1, &end, 10);
	if (*end != '\0' || a > b || b > 9999)
		return false;
	*n = (unsigned int)a;
	*m = (unsigned int)b;
	return true;
}

static void parse_group(struct kut_mail *mail, const char *group, size_t len)
{
	char *copy = kut_format("%.*s", (int)len, group), *at = copy, *word;

	while ((word = strsep(&at, " ,\t")) != NULL) {
		if (strncasecmp(word, "PATCHv", 6) == 0)
			word += 5;
		if (tolower((unsigned char)word[0]) == 'v' && isdigit((unsigned char)word[1]))
			mail->version = (unsigned int)strtoul(word + 1, NULL, 10);
		else if (parse_number(word, &mail->n, &mail->m))
			mail->numbered = true;
	}
	free(copy);
}

static void parse_subject(struct kut_mail *mail)
{
	const char *s = mail->subject;

	mail->version = 1;
	for (;;) {
		const char *end;

		s += strspn(s, " \t");
		if (strncasecmp(s, "re:", 3) == 0) {
			mail->reply = true;
			s += 3;
		} else if (*s == '[' && (end = strchr(s, ']')) != NULL) {
			parse_group(mail, s + 1, (size_t)(end - s - 1));
			s = end + 1;
		} else {
			break;
		}
	}
	mail->title = s;
}

void kut_mail_add(struct kut_mails *mails, const char *text, size_t len)
{
	struct kut_text all = {0}, body = {0};
	struct kut_mail mail = {0};
	const char *head, *end;
	char *subject;

	kut_text_puts(&all, "");
	kut_text_puts(&body, "");
	kut_text_add(&all, text, strnlen(text, len)); /* a NUL ends it */
	strip_cr(&all);
	head = all.data;
	if (kut_starts(head, "From ")) {
		head = strchr(head, '\n');
		head = head ? head + 1 : all.data + all.len;
	}
	end = headers_end(head);
	subject = header(head, end, "Subject");
	mail.subject = decode_words(subject);
	mail.id = header(head, end, "Message-ID");
	free(subject);
	add_entity(head, &body, 0);
	mail.body = body.data;
	mail.diff = kut_diff_find(mail.body);
	parse_subject(&mail);
	kut_text_free(&all);

	mails->mail = realloc(mails->mail, (mails->n + 1) * sizeof(mail));
	if (mails->mail == NULL)
		abort();
	mails->mail[mails->n++] = mail;
}

/* "From name Thu Jan  1 00:00:00 1970", as git looks for it: a time and a year. */
static bool from_line(const char *line)
{
	const char *end = strchrnul(line, '\n');
	const char *colon;

	if (!kut_starts(line, "From "))
		return false;
	for (colon = line + 5; colon < end; colon++)
		if (*colon == ':' && isdigit((unsigned char)colon[-1]) &&
		    isdigit((unsigned char)colon[1]))
			break;
	if (colon >= end)
		return false;
	for (const char *p = colon; p + 4 < end; p++)
		if (p[0] == ' ' && strspn(p + 1, "0123456789") == 4)
			return true;
	return false;
}

void kut_mbox_add(struct kut_mails *mails, const char *text, size_t len)
{
	const char *start = text, *end = text + len;

	for (const char *line = text; line < end;) {
		const char *next = memchr(line, '\n', (size_t)(end - line));

		if (line != start && from_line(line)) {
			kut_mail_add(mails, start, (size_t)(line - start));
			start = line;
		}
		line = next ? next + 1 : end;
	}
	if (start < end)
		kut_mail_add(mails, start, (size_t)(end - start));
}

void kut_mails_free(struct kut_mails *mails)
{
	for (size_t i = 0; i < mails->n; i++) {
		free(mails->mail[i].subject);
		free(mails->mail[i].id);
		free(mails->mail[i].body);
	}
	free(mails->mail);
	*mails = (struct kut_mails){0};
}

bool kut_mail_like(const char *text)
{
	size_t name = strcspn(text, ": \t\r\n");

	return from_line(text) || (name > 0 && text[name] == ':' && text[name + 1] == ' ' &&
				   !kut_starts(text, "Index:"));
}

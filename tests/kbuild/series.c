/* SPDX-License-Identifier: MIT */
/* Patch series in the shapes that users have them. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/kbuild/mail.h"
#include "kernel-under-test/kbuild/series.h"
#include "tests/kbuild/fixture.h"
#include "tests/suite.h"

#define FROM "From git@z Thu Jan  1 00:00:00 1970\n"

/* A mail whose patch puts `line` in file f; good for the whole case. */
static char *mail(const char *subject, const char *id, const char *line)
{
	static char mails[16][1024];
	static unsigned int n;
	char *s = mails[n++];

	ck_assert_uint_le(n, 16);
	snprintf(s, sizeof(mails[0]),
		 FROM "From: A <a@b.c>\nSubject: %s\nMessage-ID: <%s>\n\n"
		      "Why.\n---\n f | 1 +\n\n"
		      "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+%s\n"
		      "-- \n2.39.0\n\n",
		 subject, id, line);
	return s;
}

static void put_mbox(const char *path, char *const *mails, size_t n)
{
	char all[16384] = "";

	for (size_t i = 0; i < n; i++)
		strncat(all, mails[i], sizeof(all) - strlen(all) - 1);
	put(path, all);
}

/* Read, and give the added lines of the patches in order: "one two". */
static char *lines_of(const struct kut_series *s)
{
	char *all = calloc(1, 1024);

	for (size_t i = 0; i < s->n; i++) {
		const char *plus = strstr(s->patch[i].text.data, "@@\n+");

		ck_assert_ptr_nonnull(plus);
		if (i > 0)
			strcat(all, " ");
		strncat(all, plus + 4, strcspn(plus + 4, "\n"));
	}
	return all;
}

static void expect_lines(const char *path, const char *lines)
{
	struct kut_series s;
	char *why = NULL, *got;

	ck_assert_msg(kut_series_read(&s, path, "res", &why) == 0, "%s", why);
	got = lines_of(&s);
	ck_assert_str_eq(got, lines);
	free(got);
	kut_series_free(&s);
}

static void expect_refused(const char *path, const char *said)
{
	struct kut_series s;
	char *why = NULL;

	ck_assert_int_lt(kut_series_read(&s, path, "res", &why), 0);
	ck_assert_msg(strstr(why, said) != NULL, "\"%s\" does not say \"%s\"", why, said);
	free(why);
}

START_TEST(mbox_is_put_in_the_order_of_its_numbers)
{
	char *m[] = {mail("[PATCH v3 2/3] b", "2", "two"), mail("[PATCH v3 3/3] c", "3", "three"),
		     mail("[PATCH v3 1/3] a", "1", "one")};

	scratch_enter();
	put_mbox("s.mbx", m, 3);
	expect_lines("s.mbx", "one two three");
}
END_TEST

START_TEST(cover_reply_and_talk_are_left_out)
{
	char *m[] = {mail("[PATCH 0/2] cover", "0", "zero"), mail("[PATCH 1/2] a", "1", "one"),
		     mail("Re: [PATCH 1/2] a", "r", "reply"), mail("[PATCH 2/2] b", "2", "two"),
		     FROM "Subject: [PATCH 2/2] b\nMessage-ID: <t>\n\nI like it.\n\n"};

	scratch_enter();
	put_mbox("s.mbx", m, 5);
	expect_lines("s.mbx", "one two");
}
END_TEST

START_TEST(missing_numbers_are_listed)
{
	char *m[] = {mail("[PATCH 2/5] b", "2", "two"), mail("[PATCH 4/5] d", "4", "four")};

	scratch_enter();
	put_mbox("s.mbx", m, 2);
	expect_refused("s.mbx", "missing: 1/5, 3/5, 5/5");
}
END_TEST

START_TEST(mixed_versions_are_listed)
{
	char *m[] = {mail("[PATCH 1/2] a", "1", "one"), mail("[PATCH v2 2/2] b", "2", "two")};

	scratch_enter();
	put_mbox("s.mbx", m, 2);
	expect_refused("s.mbx", "mixed: v1, v2");
}
END_TEST

START_TEST(two_series_in_one_mbox_are_refused)
{
	char *m[] = {mail("[PATCH 1/2] a", "1", "one"), mail("[PATCH 2/3] b", "2", "two")};

	scratch_enter();
	put_mbox("s.mbx", m, 2);
	expect_refused("s.mbx", "two series");
}
END_TEST

START_TEST(one_number_twice_is_refused_unless_the_mail_is_the_same)
{
	char *m[] = {mail("[PATCH 1/1] a", "1", "one"), mail("[PATCH 1/1] a", "1", "one"),
		     mail("[PATCH 1/1] b", "2", "two")};

	scratch_enter();
	put_mbox("same.mbx", m, 2);
	expect_lines("same.mbx", "one");
	put_mbox("s.mbx", m, 3);
	expect_refused("s.mbx", "two different mails are patch 1/1");
}
END_TEST

START_TEST(patchwork_subjects_are_understood)
{
	char *m[] = {mail("[v2,2/2] iommu: b", "2", "two"), mail("[RFC,v2,1/2] a", "1", "one")};

	scratch_enter();
	put_mbox("s.mbx", m, 2);
	expect_lines("s.mbx", "one two");
}
END_TEST

START_TEST(maildir_is_read_from_cur_and_new)
{
	scratch_enter();
	put("md/cur/x:2,S", mail("[PATCH 2/2] b", "2", "two"));
	put("md/new/y", mail("[PATCH 1/2] a", "1", "one"));
	expect_lines("md", "one two");
}
END_TEST

START_TEST(format_patch_folder_is_read)
{
	scratch_enter();
	put("fp/0001-a.patch", mail("[PATCH 1/2] a", "1", "one"));
	put("fp/0002-b.patch", mail("[PATCH 2/2] b", "2", "two"));
	put("fp/README.md", "not a patch\n");
	expect_lines("fp", "one two");
	put("empty/README.md", "nothing\n");
	expect_refused("empty", "no *.patch");
}
END_TEST

START_TEST(quilt_series_keeps_its_order_and_strip_level)
{
	struct kut_series s;
	char *why = NULL;

	scratch_enter();
	put("q/b.patch", "About b.\n\n--- x/a/f\n+++ x/b/f\n@@ -0,0 +1 @@\n+two\n");
	put("q/a.patch", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+one\n");
	put("q/series", "# first\nb.patch -p2\n\na.patch # second\n");
	expect_lines("q", "two one");
	expect_lines("q/series", "two one");
	ck_assert_int_eq(kut_series_read(&s, "q", "res", &why), 0);
	ck_assert_uint_eq(s.patch[0].strip, 2);
	ck_assert_uint_eq(s.patch[1].strip, 1);
	kut_series_free(&s);
	put("q/series", "a.patch -R\n");
	expect_refused("q", "series:1: option -R");
	put("q/series", "c.patch\n");
	expect_refused("q", "c.patch");
}
END_TEST

START_TEST(quoted_printable_is_decoded)
{
	scratch_enter();
	put("s.mbx", FROM "Subject: =?utf-8?q?=5BPATCH_1/1=5D_na=C3=AFve?=\n"
			  "Content-Type: text/plain; charset=utf-8\n"
			  "Content-Transfer-Encoding: quoted-printable\n\n"
			  "---\ndiff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n"
			  "+x =3D caf=C3=A9 and a long li=\nne\n");
	expect_lines("s.mbx", "x = caf\xc3\xa9 and a long line");
}
END_TEST

/* The text is the base64 (RFC 4648) of a diff whose lines end in CR LF. */
START_TEST(base64_and_crlf_are_decoded)
{
	scratch_enter();
	put("s.mbx", FROM "Subject: [PATCH] a\r\n"
			  "Content-Transfer-Encoding: base64\r\n\r\n"
			  "LS0tIGEvZg0KKysrIGIvZg0KQEAgLTAs\r\nMCArMSBAQA0KK29uZQ0K\r\n");
	expect_lines("s.mbx", "one");
}
END_TEST

START_TEST(signed_multipart_gives_its_text)
{
	scratch_enter();
	put("s.mbx", FROM "Subject: [PATCH] a\n"
			  "Content-Type: multipart/signed;\n\tboundary=\"=_x\"\n\n"
			  "preamble\n--=_x\nContent-Type: text/plain\n\n"
			  "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+one\n"
			  "--=_x\nContent-Type: application/pgp-signature\n\nsig\n--=_x--\n");
	expect_lines("s.mbx", "one");
}
END_TEST

START_TEST(folded_subject_is_one_line)
{
	struct kut_mails mails = {0};
	const char *text = "Subject: [PATCH v12 07/31] iommu: a\n\tlong title\nX: y\n\nbody\n";

	scratch_enter();
	kut_mail_add(&mails, text, strlen(text));
	ck_assert_str_eq(mails.mail[0].title, "iommu: a long title");
	ck_assert_uint_eq(mails.mail[0].version, 12);
	ck_assert_uint_eq(mails.mail[0].n, 7);
	ck_assert_uint_eq(mails.mail[0].m, 31);
	ck_assert_ptr_null(mails.mail[0].diff);
	kut_mails_free(&mails);
}
END_TEST

START_TEST(bare_diff_is_a_series_of_one)
{
	scratch_enter();
	put("fix.diff", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+one\n");
	expect_lines("fix.diff", "one");
}
END_TEST

START_TEST(what_is_no_series_is_refused)
{
	scratch_enter();
	put("notes.txt", "just words\n");
	expect_refused("notes.txt", "neither an mbox nor a patch");
	put("talk.mbx", FROM "Subject: hello\n\nno patch\n");
	expect_refused("talk.mbx", "no mail in it holds a patch (1 mail read)");
	expect_refused("./gone", "./gone");
}
END_TEST

START_TEST(bare_name_is_found_among_the_projects_series)
{
	scratch_enter();
	put("res/series/ours/0001-a.patch", mail("[PATCH] a", "1", "one"));
	expect_lines("ours", "one");
	expect_refused("theirs", "there: ours");
}
END_TEST

START_TEST(reject_is_shown_in_full)
{
	struct kut_series s;
	struct kut_text notes = {0};
	char *why = NULL, *keep;

	scratch_enter();
	put("t/f", "a\nb\nc\n");
	put("s.mbx", FROM "Subject: [PATCH 1/1] no fit\n\n"
			  "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n x\n-y\n+why\n z\n");
	ck_assert_int_eq(kut_series_read(&s, "s.mbx", "res", &why), 0);
	ck_assert_int_gt(asprintf(&keep, "%s/keep", scratch_path()), 0);
	ck_assert_int_lt(kut_series_apply(&s, "t", keep, &notes, &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "s.mbx: patch 1/1 no fit does not apply"));
	ck_assert_ptr_nonnull(strstr(why, "Hunk #1 FAILED"));
	ck_assert_ptr_nonnull(strstr(why, "\n-y\n+why\n z"));
	free(why);
	free(keep);
	kut_series_free(&s);
}
END_TEST

START_TEST(fuzz_is_reported)
{
	struct kut_series s;
	struct kut_text notes = {0};
	char *why = NULL, *keep, *f;

	scratch_enter();
	put("t/f", "0\n1\na\nb\nc\nd\n9\n");
	put("s.mbx", FROM "Subject: [PATCH] fuzzy\n\n"
			  "--- a/f\n+++ b/f\n@@ -1,6 +1,7 @@\n 0\n 1\n a\n+new\n b\n c\n other\n");
	ck_assert_int_eq(kut_series_read(&s, "s.mbx", "res", &why), 0);
	ck_assert_int_gt(asprintf(&keep, "%s/keep", scratch_path()), 0);
	ck_assert_msg(kut_series_apply(&s, "t", keep, &notes, &why) == 0, "%s", why);
	ck_assert_ptr_nonnull(strstr(notes.data, "fuzzy: f: Hunk #1 succeeded at 1 with fuzz 1"));
	f = get("t/f");
	ck_assert_str_eq(f, "0\n1\na\nnew\nb\nc\nd\n9\n");
	free(f);
	free(keep);
	kut_text_free(&notes);
	kut_series_free(&s);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(mbox_is_put_in_the_order_of_its_numbers);
	SUITE_CASE(cover_reply_and_talk_are_left_out);
	SUITE_CASE(missing_numbers_are_listed);
	SUITE_CASE(mixed_versions_are_listed);
	SUITE_CASE(two_series_in_one_mbox_are_refused);
	SUITE_CASE(one_number_twice_is_refused_unless_the_mail_is_the_same);
	SUITE_CASE(patchwork_subjects_are_understood);
	SUITE_CASE(maildir_is_read_from_cur_and_new);
	SUITE_CASE(format_patch_folder_is_read);
	SUITE_CASE(quilt_series_keeps_its_order_and_strip_level);
	SUITE_CASE(quoted_printable_is_decoded);
	SUITE_CASE(base64_and_crlf_are_decoded);
	SUITE_CASE(signed_multipart_gives_its_text);
	SUITE_CASE(folded_subject_is_one_line);
	SUITE_CASE(bare_diff_is_a_series_of_one);
	SUITE_CASE(what_is_no_series_is_refused);
	SUITE_CASE(bare_name_is_found_among_the_projects_series);
	SUITE_CASE(reject_is_shown_in_full);
	SUITE_CASE(fuzz_is_reported);
}

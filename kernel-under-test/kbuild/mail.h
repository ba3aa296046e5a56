/* SPDX-License-Identifier: MIT */
/*
 * Mails that hold patches: mbox files are split, transfer encodings undone
 * (RFC 2045), encoded words of a subject decoded (RFC 2047), line ends made \n.
 */
#ifndef KUT_KBUILD_MAIL_H
#define KUT_KBUILD_MAIL_H

#include "kernel-under-test/kbuild/text.h"

struct kut_mail {
	char *subject; /* decoded and unfolded, "" if there is none */
	char *id;      /* Message-ID, "" if there is none */
	char *body;    /* text parts, decoded */

	/* From the bracketed groups at the head of the subject: [PATCH v2 3/7] */
	bool reply;    /* Re: */
	bool numbered; /* n of m */
	unsigned int n, m;
	unsigned int version; /* 1 if not said */
	const char *title;    /* what follows the brackets; inside subject */
	const char *diff;     /* first line of the diff inside body, NULL if none */
};

struct kut_mails {
	struct kut_mail *mail;
	size_t n;
};

/* Append the mail of this text; it may start with an mbox "From " line. */
void kut_mail_add(struct kut_mails *mails, const char *text, size_t len);
/* Append each mail of an mbox. */
void kut_mbox_add(struct kut_mails *mails, const char *text, size_t len);
void kut_mails_free(struct kut_mails *mails);

/* The text begins as a mail or an mbox does: a From line or a header field. */
bool kut_mail_like(const char *text);
/* First line that begins a diff, NULL if there is none. */
const char *kut_diff_find(const char *text);

#endif

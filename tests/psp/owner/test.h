/* SPDX-License-Identifier: MIT */
/* The parts of the owner's own suite, and what they share. */
#ifndef TESTS_PSP_OWNER_TEST_H
#define TESTS_PSP_OWNER_TEST_H

#include "tests/psp/owner/chip.h"
#include "tests/psp/owner/crypto.h"
#include "tests/suite.h"

/* Compare enum owner_check and say both by name. */
#define CHECK_IS(got, want)                                                                        \
	do {                                                                                       \
		enum owner_check got_ = (got), want_ = (want);                                     \
		ck_assert_msg(got_ == want_, "got \"%s\" (%d), wanted \"%s\" (%d)",                \
			      owner_check_text(got_), got_, owner_check_text(want_), want_);       \
	} while (0)

/* Compare `len` bytes with a string of hexadecimal digits. */
void bytes_are(const void *got, const char *hex, size_t len);
/* The bytes that a string of digits stands for; the last digit's byte is out[len - 1]. */
void bytes_from(const char *hex, uint8_t *out, size_t len);
/* The same as a little-endian number in a field of `len` bytes. */
void number_from(const char *hex, uint8_t *out, size_t len);

/* An X.509 VCEK or VLEK below an ARK and an ASK with the fixed keys. */
struct x509_wish {
	const char *product;
	struct owner_tcb tcb;
	bool turin;	     /* with an FMC level */
	const uint8_t *hwid; /* VCEK */
	size_t hwid_len;
	bool wrap_hwid;	    /* in an OCTET STRING */
	const char *csp_id; /* VLEK */
	bool odd_product;   /* not an IA5String */
	bool sha256;	    /* a signature that AMD does not make */
	bool wrong_issuer;
	bool compressed; /* the point */
	bool wrong_key;	 /* P-256 instead of P-384 */
};
struct x509_chain {
	uint8_t vek[2048], ask[2048], ark[2048];
	struct owner_snp_certs certs;
};
void x509_chain_make(struct x509_chain *chain, const struct x509_wish *wish,
		     enum owner_product product, const struct owner_ec_key *vek);

void crypto_cases(void);
void cert_cases(void);
void session_cases(void);
void digest_cases(void);
void report_cases(void);
void msg_cases(void);

#endif

/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/hash.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

struct machine_hash {
	EVP_MD_CTX *sha;
};

struct machine_hash *machine_hash_new(void)
{
	struct machine_hash *hash = malloc(sizeof(*hash));

	hash->sha = EVP_MD_CTX_new();
	EVP_DigestInit_ex(hash->sha, EVP_sha256(), NULL);
	return hash;
}

void machine_hash_free(struct machine_hash *hash)
{
	EVP_MD_CTX_free(hash->sha);
	free(hash);
}

/* A fault has a pointer to text in it; the text is equal in equal runs, the pointer not. */
static void add_data(struct machine_hash *hash, const struct psp_trace *record)
{
	const struct psp_fault *fault = record->data;

	if (record->kind != PSP_TRACE_FAULT) {
		EVP_DigestUpdate(hash->sha, record->data, record->len);
		return;
	}
	EVP_DigestUpdate(hash->sha, &fault->error_code, sizeof(fault->error_code));
	EVP_DigestUpdate(hash->sha, fault->reason, strlen(fault->reason));
}

void machine_hash_record(struct machine_hash *hash, const struct psp_trace *record)
{
	uint64_t head[] = {record->kind, record->id, record->status, record->address};
	char line[80];

	psp_decode_trace(line, sizeof(line), record);
	EVP_DigestUpdate(hash->sha, head, sizeof(head));
	EVP_DigestUpdate(hash->sha, line, strlen(line));
	add_data(hash, record);
}

void machine_hash_end(struct machine_hash *hash, const void *ram, size_t len, uint8_t digest[32])
{
	EVP_DigestUpdate(hash->sha, ram, len);
	EVP_DigestFinal_ex(hash->sha, digest, NULL);
}

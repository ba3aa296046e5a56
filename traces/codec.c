/* SPDX-License-Identifier: MIT */
#include "traces/codec.h"
#include "traces/sha256.h"

uint32_t trc_get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

uint64_t trc_get64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

/* time 8 | kind 2 | words 1 | has text 1 | text bytes 4 | words 8 each | text */
uint32_t trc_encode(uint8_t *at, const struct trc_record *record)
{
	uint32_t text = record->text_len < TRC_MAX_TEXT ? (uint32_t)record->text_len : TRC_MAX_TEXT;
	uint8_t *to = at + TRC_RECORD_HEAD;

	if (!record->text)
		text = 0;
	trc_put64(at, record->time);
	at[8] = (uint8_t)record->kind;
	at[9] = 0;
	at[10] = (uint8_t)record->n_words;
	at[11] = record->text != NULL;
	trc_put32(at + 12, text);
	for (unsigned int i = 0; i < record->n_words; i++, to += 8)
		trc_put64(to, record->words[i]);
	if (text)
		memcpy(to, record->text, text);
	return (uint32_t)(to - at) + text;
}

uint32_t trc_decode(struct trc_record *record, const uint8_t *at, uint32_t size)
{
	uint32_t words, text, kind;

	if (size < TRC_RECORD_HEAD)
		return 0;
	kind = at[8] | (uint32_t)at[9] << 8;
	words = at[10];
	text = trc_get32(at + 12);
	if (kind == 0 || kind >= TRC_KINDS || words > TRC_MAX_WORDS || at[11] > 1 ||
	    text > (at[11] ? TRC_MAX_TEXT : 0) || TRC_RECORD_HEAD + 8 * words + text > size)
		return 0;
	*record = (struct trc_record){.time = trc_get64(at), .kind = kind, .n_words = words};
	for (uint32_t i = 0; i < words; i++)
		record->words[i] = trc_get64(at + TRC_RECORD_HEAD + 8 * i);
	if (at[11])
		record->text = (const char *)at + TRC_RECORD_HEAD + 8 * words;
	record->text_len = text;
	return TRC_RECORD_HEAD + 8 * words + text;
}

void trc_hex(char hex[TRC_DIGEST_HEX], const uint8_t sha[TRC_SHA_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < TRC_SHA_SIZE; i++) {
		hex[2 * i] = digits[sha[i] >> 4];
		hex[2 * i + 1] = digits[sha[i] & 15];
	}
	hex[2 * TRC_SHA_SIZE] = '\0';
}

void trc_sha256(const void *data, size_t size, char hex[TRC_DIGEST_HEX])
{
	uint8_t sha[TRC_SHA_SIZE];
	SHA256_CTX ctx;

	SHA256_Init(&ctx);
	SHA256_Update(&ctx, data, size);
	SHA256_Final(sha, &ctx);
	trc_hex(hex, sha);
}

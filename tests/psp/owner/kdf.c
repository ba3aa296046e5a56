/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/psp/owner/crypto.h"

void owner_kdf(const uint8_t *key, size_t key_len, const char *label, const void *context,
	       size_t context_len, uint8_t *out, size_t out_len)
{
	uint8_t number[4], bits[4], block[32];

	owner_put32(bits, (uint32_t)out_len * 8);
	for (size_t done = 0, i = 1; done < out_len; done += sizeof(block), i++) {
		size_t n = out_len - done < sizeof(block) ? out_len - done : sizeof(block);

		owner_put32(number, (uint32_t)i);
		owner_hmac(key, key_len,
			   OWNER_PARTS({number, 4}, {label, strlen(label) + 1},
				       {context, context_len}, {bits, 4}),
			   block);
		memcpy(out + done, block, n);
	}
}

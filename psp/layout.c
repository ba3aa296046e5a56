/* SPDX-License-Identifier: MIT */
/* Buffers by field: which bits mean something, and their values under their names. */
#include "psp/commands.h"

enum kind { NUMBER, BITS, ARRAY };

struct field {
	uint16_t id;
	uint8_t kind, offset, bytes, hi, lo;
	const char *name;
};

static const struct field fields[] = {
#define F(C, N, off, bytes)  {PSP_CMD_##C, NUMBER, off, bytes, 0, 0, #N},
#define B(C, N, off, hi, lo) {PSP_CMD_##C, BITS, off, 8, hi, lo, #N},
#define A(C, N, off, bytes)  {PSP_CMD_##C, ARRAY, off, bytes, 0, 0, #N},
#include "psp/buffers.def"
#undef F
#undef B
#undef A
};
enum { N_FIELDS = sizeof(fields) / sizeof(fields[0]) };

void psp_known_fill(struct psp_known known[PSP_CMD_IDS])
{
	memset(known, 0, PSP_CMD_IDS * sizeof(*known));
	for (size_t i = 0; i < N_FIELDS; i++) {
		const struct field *f = &fields[i];
		uint8_t *at = known[f->id].bits + f->offset;

		if (f->kind == BITS)
			psp_put_le(at, psp_get_le(at, 8) | psp_ones(f->hi, f->lo) << f->lo, 8);
		else
			memset(at, 0xff, f->bytes);
	}
}

/* Arrays are shown in pieces of 8 bytes, each under the array's name. */
static void show(const struct field *f, const uint8_t *buf, psp_field_fn fn, void *arg)
{
	if (f->kind == BITS)
		fn(arg, f->name, psp_get_le(buf + f->offset, 8) >> f->lo & psp_ones(f->hi, f->lo));
	else if (f->kind == NUMBER)
		fn(arg, f->name, psp_get_le(buf + f->offset, f->bytes));
	else
		for (size_t at = 0; at < f->bytes; at += 8)
			fn(arg, f->name, psp_get_le(buf + f->offset + at, 8));
}

void psp_cmd_fields(unsigned int id, const void *data, size_t len, psp_field_fn fn, void *arg)
{
	uint8_t buf[PSP_CMD_BYTES] = {0};

	len = len < psp_cmd_size(id) ? len : psp_cmd_size(id);
	if (len)
		memcpy(buf, data, len);
	for (size_t i = 0; i < N_FIELDS; i++)
		if (fields[i].id == id && fields[i].offset < len)
			show(&fields[i], buf, fn, arg);
}

/* SPDX-License-Identifier: MIT */
/*
 * A rig whose SEV platform is tested: commands with hand-written buffers (55766; psp-sev.h), and
 * the certificates that the platform shows.
 *
 *	0x20000  one page for certificates that go in or come out, and more after it
 *	0x40000  the NV area of INIT_EX, 32 KiB
 */
#ifndef TESTS_PSP_SEVPLAT_H
#define TESTS_PSP_SEVPLAT_H

#include "tests/psp/rig.h"
#include "tests/suite.h"

enum {
	CERT_AT = 0x20000,
	CHAIN_AT = 0x22000,
	NV_AT = 0x40000,
	NV_LEN = 0x8000,
	CERT_LEN = 0x824,
	CHAIN_LEN = 0x186c,
};

/* PDH, then PEK, OCA, CEK. */
struct certs {
	uint8_t pdh[CERT_LEN], pek[CERT_LEN], oca[CERT_LEN], cek[CERT_LEN];
};

static inline int sev(struct rig *rig, enum psp_cmd_id id)
{
	return rig_cmd_raw(rig, id, NULL, 0);
}

/* A command {address, length} that gives something back, and the length that it then shows. */
static inline int query(struct rig *rig, enum psp_cmd_id id, uint64_t at, uint32_t len,
			uint32_t *needed)
{
	uint8_t buf[12] = {0};
	int status;

	put64(buf, at);
	put32(buf + 8, len);
	status = rig_cmd(rig, id, buf, sizeof(buf));
	*needed = get32(buf + 8);
	return status;
}

/* INIT without SEV-ES. */
static inline int init(struct rig *rig)
{
	uint8_t buf[0x14] = {0};

	return rig_cmd_raw(rig, PSP_CMD_INIT, buf, sizeof(buf));
}

/* A right INIT_EX without SEV-ES. */
static inline void init_ex_buffer(uint8_t buf[0x24])
{
	memset(buf, 0, 0x24);
	put32(buf, 0x24);
	put64(buf + 0x18, NV_AT);
	put32(buf + 0x20, NV_LEN);
}

static inline int init_ex(struct rig *rig)
{
	uint8_t buf[0x24];

	init_ex_buffer(buf);
	return rig_cmd_raw(rig, PSP_CMD_INIT_EX, buf, sizeof(buf));
}

static inline int export(struct rig *rig, struct certs *certs)
{
	uint8_t buf[0x1c] = {0};
	int status;

	put64(buf, CERT_AT);
	put32(buf + 8, CERT_LEN);
	put64(buf + 0x10, CHAIN_AT);
	put32(buf + 0x18, CHAIN_LEN);
	status = rig_cmd_raw(rig, PSP_CMD_PDH_CERT_EXPORT, buf, sizeof(buf));
	memcpy(certs->pdh, rig->ram + CERT_AT, CERT_LEN);
	memcpy(certs->pek, rig->ram + CHAIN_AT, CERT_LEN);
	memcpy(certs->oca, rig->ram + CHAIN_AT + CERT_LEN, CERT_LEN);
	memcpy(certs->cek, rig->ram + CHAIN_AT + 2 * CERT_LEN, CERT_LEN);
	return status;
}

static inline struct psp_info info_of(const struct rig *rig)
{
	struct psp_info info;

	psp_get_info(rig->psp, &info);
	return info;
}

#define expect_same(a, b)  ck_assert_mem_eq(a, b, sizeof(a))
#define expect_other(a, b) ck_assert_mem_ne(a, b, sizeof(a))

#endif

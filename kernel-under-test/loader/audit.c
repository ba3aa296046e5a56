/* SPDX-License-Identifier: MIT */
/* Instructions that fault in user mode or show the real machine; not on the start path. */
#include <string.h>

#include <errno.h>

#include "kernel-under-test/loader/disassembler.h"
#include "kernel-under-test/loader/image.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Encodings that capstone 4 takes for others or refuses, with the prefix first
 * (Intel SDM, TDX module specification; AMD APM volume 3).
 */
static const struct {
	const char *mnemonic;
	uint8_t length, bytes[4];
} encodings[] = {
	{"tdcall", 4, {0x66, 0x0f, 0x01, 0xcc}},    {"seamret", 4, {0x66, 0x0f, 0x01, 0xcd}},
	{"seamops", 4, {0x66, 0x0f, 0x01, 0xce}},   {"seamcall", 4, {0x66, 0x0f, 0x01, 0xcf}},
	{"vmgexit", 4, {0xf2, 0x0f, 0x01, 0xd9}},   {"vmgexit", 4, {0xf3, 0x0f, 0x01, 0xd9}},
	{"pvalidate", 4, {0xf2, 0x0f, 0x01, 0xff}}, {"psmash", 4, {0xf3, 0x0f, 0x01, 0xff}},
	{"rmpupdate", 4, {0xf2, 0x0f, 0x01, 0xfe}}, {"rmpadjust", 4, {0xf3, 0x0f, 0x01, 0xfe}},
	{"rmpquery", 4, {0xf3, 0x0f, 0x01, 0xfd}},  {"wbnoinvd", 3, {0xf3, 0x0f, 0x09}},
};

static const uint16_t instructions[] = {
	/* show the machine */
	X86_INS_CPUID,
	X86_INS_RDTSC,
	X86_INS_RDTSCP,
	X86_INS_RDPMC,
	X86_INS_RDRAND,
	X86_INS_RDSEED,
	X86_INS_XGETBV,
	X86_INS_SGDT,
	X86_INS_SIDT,
	X86_INS_SLDT,
	X86_INS_STR,
	X86_INS_SMSW,
	X86_INS_LAR,
	X86_INS_LSL,
	X86_INS_VERR,
	X86_INS_VERW,
	/* change or show flags and the stack's state differently in user mode */
	X86_INS_CLI,
	X86_INS_STI,
	X86_INS_PUSHF,
	X86_INS_PUSHFQ,
	X86_INS_POPF,
	X86_INS_POPFQ,
	X86_INS_IRET,
	X86_INS_IRETD,
	X86_INS_IRETQ,
	X86_INS_CLAC,
	X86_INS_STAC,
	/* reach the host's kernel */
	X86_INS_SYSCALL,
	X86_INS_SYSENTER,
	X86_INS_INT,
	/* privileged */
	X86_INS_HLT,
	X86_INS_IN,
	X86_INS_INSB,
	X86_INS_INSW,
	X86_INS_INSD,
	X86_INS_OUT,
	X86_INS_OUTSB,
	X86_INS_OUTSW,
	X86_INS_OUTSD,
	X86_INS_RDMSR,
	X86_INS_WRMSR,
	X86_INS_CLTS,
	X86_INS_LMSW,
	X86_INS_LGDT,
	X86_INS_LIDT,
	X86_INS_LLDT,
	X86_INS_LTR,
	X86_INS_INVD,
	X86_INS_WBINVD,
	X86_INS_INVLPG,
	X86_INS_INVLPGA,
	X86_INS_INVPCID,
	X86_INS_SWAPGS,
	X86_INS_SYSRET,
	X86_INS_SYSEXIT,
	X86_INS_XSETBV,
	X86_INS_XSAVES,
	X86_INS_XSAVES64,
	X86_INS_XRSTORS,
	X86_INS_XRSTORS64,
	X86_INS_MONITOR,
	X86_INS_MWAIT,
	X86_INS_RSM,
	X86_INS_RDFSBASE,
	X86_INS_RDGSBASE,
	X86_INS_WRFSBASE,
	X86_INS_WRGSBASE,
	X86_INS_GETSEC,
	X86_INS_ENCLS,
	X86_INS_ENCLU,
	/* virtualisation */
	X86_INS_VMCALL,
	X86_INS_VMMCALL,
	X86_INS_VMLAUNCH,
	X86_INS_VMRESUME,
	X86_INS_VMREAD,
	X86_INS_VMWRITE,
	X86_INS_VMPTRLD,
	X86_INS_VMPTRST,
	X86_INS_VMCLEAR,
	X86_INS_VMXON,
	X86_INS_VMXOFF,
	X86_INS_VMFUNC,
	X86_INS_INVEPT,
	X86_INS_INVVPID,
	X86_INS_VMRUN,
	X86_INS_VMLOAD,
	X86_INS_VMSAVE,
	X86_INS_STGI,
	X86_INS_CLGI,
	X86_INS_SKINIT,
};

struct audit {
	csh handle;
	struct kut_disassembler capstone;
	cs_insn *insn;
	bool listed[X86_INS_ENDING];
	void (*found)(void *arg, uint64_t addr, const char *mnemonic);
	void *arg;
	size_t count;
};

static void report(struct audit *audit, uint64_t addr, const char *mnemonic)
{
	audit->count++;
	if (audit->found)
		audit->found(audit->arg, addr, mnemonic);
}

/* Length of the own table's instruction at `code`, 0 if it is none. */
static size_t match(const uint8_t *code, size_t size, const char **mnemonic)
{
	for (size_t i = 0; i < ARRAY_SIZE(encodings); i++) {
		if (size < encodings[i].length ||
		    memcmp(code, encodings[i].bytes, encodings[i].length) != 0)
			continue;
		*mnemonic = encodings[i].mnemonic;
		return encodings[i].length;
	}
	return 0;
}

/* mov to and from control, debug and segment registers; rdpid. */
static const char *special_move(const cs_insn *insn)
{
	size_t i = 0;

	while (i < insn->size && (insn->bytes[i] == 0x66 || insn->bytes[i] == 0xf3 ||
				  (insn->bytes[i] & 0xf0) == 0x40))
		i++;
	if (i + 1 >= insn->size)
		return NULL;
	if (insn->bytes[i] == 0x8e)
		return "mov to segment register";
	if (insn->bytes[i] == 0x0f && insn->bytes[i + 1] == 0xc7 && insn->bytes[0] == 0xf3 &&
	    (insn->bytes[insn->size - 1] & 0xf8) == 0xf8)
		return "rdpid";
	if (insn->bytes[i] != 0x0f || (insn->bytes[i + 1] & 0xfc) != 0x20)
		return NULL;
	return insn->bytes[i + 1] & 1 ? "mov debug register" : "mov control register";
}

/* Straight through [addr, end); what does not decode is skipped a byte at a time. */
static void sweep(struct audit *audit, uint64_t addr, uint64_t end)
{
	while (addr < end) {
		const uint8_t *code = (const uint8_t *)(uintptr_t)addr;
		size_t size = end - addr, length;
		uint64_t at = addr;
		const char *mnemonic;

		length = match(code, size, &mnemonic);
		if (length) {
			report(audit, at, mnemonic);
			addr += length;
			continue;
		}
		if (!audit->capstone.next(audit->handle, &code, &size, &addr, audit->insn)) {
			addr++;
			continue;
		}
		mnemonic = special_move(audit->insn);
		if (mnemonic ||
		    (audit->insn->id < X86_INS_ENDING && audit->listed[audit->insn->id]))
			report(audit, at, mnemonic ? mnemonic : audit->insn->mnemonic);
	}
}

/* Each symbol starts afresh, so that bytes between functions cannot shift the decoding. */
static void sweep_section(struct audit *audit, const struct kut_image *image, size_t out)
{
	uint64_t addr = image->outs[out]->addr, end = addr + image->outs[out]->size;

	for (size_t i = 0; i < image->n_syms; i++) {
		const struct kut_sym *sym = &image->syms[i];

		if (sym->out != out || sym->addr <= addr)
			continue;
		sweep(audit, addr, sym->addr);
		addr = sym->addr;
	}
	sweep(audit, addr, end);
}

static long sweep_image(struct audit *audit, const struct kut_image *image)
{
	struct kut_disassembler *capstone = &audit->capstone;

	if (capstone->open(CS_ARCH_X86, CS_MODE_64, &audit->handle) != CS_ERR_OK)
		return -ENOMEM;
	audit->insn = capstone->alloc(audit->handle);
	for (size_t i = 0; i < ARRAY_SIZE(instructions); i++)
		audit->listed[instructions[i]] = true;
	for (size_t i = 0; audit->insn && i < image->n_outs; i++)
		if (image->outs[i]->class == KUT_TEXT)
			sweep_section(audit, image, i);
	if (audit->insn)
		capstone->free(audit->insn, 1);
	capstone->close(&audit->handle);
	return (long)audit->count;
}

long kut_image_audit(const struct kut_image *image,
		     void (*found)(void *arg, uint64_t addr, const char *mnemonic), void *arg)
{
	struct audit audit = {.found = found, .arg = arg};
	long count;

	if (!image->linked)
		return -EINVAL;
	if (!kut_disassembler_load(&audit.capstone))
		return -ENOENT;
	count = sweep_image(&audit, image);
	kut_disassembler_unload(&audit.capstone);
	return count;
}

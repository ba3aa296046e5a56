/* SPDX-License-Identifier: MIT */
/*
 * The matrix tests: a table of commands, states and answers (*.def here), a machine in
 * each of the states, and commands that are valid there.
 *
 * A scene is one machine that public commands alone have brought into a state, and one
 * command for it. A cell is one run of it: status, states after it, and for a command
 * that failed that nothing else changed. Each cell leaves a line in the file that the
 * environment variable FAULTLINE_PSP_CELLS names; docs/sev-coverage.md is made of those.
 *
 * Memory of a scene:
 *
 *	0x0001_0000  command buffer (rig.h)        0x0200_0000  TMR
 *	0x0020_0000  slots of 64 KiB               0x0140_0000  2 MiB of pages of an SNP guest
 */
#ifndef TESTS_PSP_MATRIX_H
#define TESTS_PSP_MATRIX_H

#include "tests/psp/owner/owner.h"
#include "tests/psp/rig.h"

/* --- What the tables say --- */

/* Of the platform; sets. */
enum { SEV_UNINIT = 1, SEV_INIT = 2, SEV_WORKING = 4, SEV_LIVE = 6, SEV_ANY = 7 };
enum { SNP_NONE = 1, SNP_OFF = 2, SNP_ON = 4, SNP_ANY = 7 };

/* Of a guest; sets. G_ of SEV, N_ of SNP. */
enum {
	G_ABSENT = 1 << 0,
	G_GONE = 1 << 1,
	G_LUPDATE = 1 << 2,
	G_LSECRET = 1 << 3,
	G_RUNNING = 1 << 4,
	G_SUPDATE = 1 << 5,
	G_RUPDATE = 1 << 6,
	G_SENT = 1 << 7,
	G_LIVE = G_LUPDATE | G_LSECRET | G_RUNNING | G_SUPDATE | G_RUPDATE | G_SENT,
	N_ABSENT = 1 << 8,
	N_INIT = 1 << 9,
	N_LAUNCH = 1 << 10,
	N_RUNNING = 1 << 11,
	N_LIVE = N_INIT | N_LAUNCH | N_RUNNING,
	NO_GUEST = 0,
	G_ACTIVE = 1 << 16, /* bound to an ASID */
};
enum { UNBOUND = 1, BOUND = 2, EITHER = 3 };

/* What a successful command does to the states. */
enum matrix_next {
	SAME,
	TO_UNINIT,
	TO_INIT,
	TO_WORKING,
	TO_RING, /* mailbox commands are refused once */
	TO_SNP_UNINIT,
	TO_SNP_INIT,
	TO_GONE,
	TO_BOUND,
	TO_UNBOUND,
	TO_LUPDATE,
	TO_LSECRET,
	TO_RUNNING,
	TO_SUPDATE,
	TO_RUPDATE,
	TO_SENT,
	TO_LAUNCH,
	TO_SHARED_LUPDATE, /* another guest with the first one's key */
	TO_SHARED_RUPDATE,
};

struct matrix_rule {
	unsigned int a, b; /* sets of states */
	int status;
	enum matrix_next next;
	bool unsure;
};
enum { MATRIX_RULES = 8 };

/* A row of platform.def. */
struct matrix_row {
	enum psp_cmd_id id;
	const char *name;
	unsigned int guest; /* a state in which it is legal, and G_ACTIVE */
	struct matrix_rule rules[MATRIX_RULES];
};
/* Of that id, which the table has. */
const struct matrix_row *matrix_row(unsigned int id);

/* The first rule for these states; NULL: the table forgot them. */
const struct matrix_rule *matrix_rule(const struct matrix_rule *rules, unsigned int a,
				      unsigned int b);

/* --- Scenes --- */

enum matrix_slot {
	SLOT_CERT,
	SLOT_CHAIN,
	SLOT_AMD,
	SLOT_SESSION,
	SLOT_HDR,
	SLOT_TRANS,
	SLOT_OUT,
	SLOT_GUEST,   /* page that a command takes into a guest */
	SLOT_PAGE,    /* page that the guest has */
	SLOT_SECRETS, /* secrets page */
	SLOT_CONTEXT,
	SLOT_CONTEXT_2,
	SLOT_METADATA,
	SLOT_LIST,
	SLOT_NV,
	SLOT_FIRMWARE,
	SLOT_STATUS,
	SLOT_TMR,
};
#define SLOT(n) ((n) == SLOT_TMR ? (uint64_t)RIG_TMR : 0x200000 + (uint64_t)(n)*0x10000)

enum {
	SEV_ASID = 200,
	ASID_TAKEN = 201,
	ES_ASID = 10,
	SNP_ASID = 5,
	SNP_ASID_TAKEN = 6,
	SEND_BYTES = 0x100,	 /* of one SEND_UPDATE_DATA or RECEIVE_UPDATE_DATA */
	GUEST_LARGE = 0x1400000, /* 2 MiB page of an SNP guest */
	ARENA = 4 << 20,	 /* all that commands use of memory, but TMR and GUEST_LARGE */
};
#define OUTSIDE 0x100000000ull /* no memory there */

/* SNP guests may be debugged; ABI 0.0. */
#define SNP_POLICY 0xb0000ull

struct scene {
	struct rig rig;
	unsigned int sev, snp; /* one state of each */
	unsigned int guest;    /* G_ or N_ state and G_ACTIVE of the command's guest */
	char broken[160];      /* what went wrong on the way here; empty: nothing */

	struct owner_rand rand;
	struct owner_session session; /* with the platform */
	bool has_session;
	uint8_t measurement[32];
	struct owner_guest messenger; /* of the SNP guest, from its secrets page */
	uint8_t pdh[OWNER_CERT_SIZE];
	bool has_pdh;
	uint32_t handle;       /* of the guest */
	uint32_t start_policy; /* that LAUNCH_START and RECEIVE_START ask for */
	bool misplaced;	       /* the command's buffer is at `buffer`, as it is */
	uint64_t buffer;

	/* The command. */
	enum psp_cmd_id id;
	uint8_t buf[0x60];
	size_t len;
	struct {
		uint64_t pa;
		unsigned int pages;
	} firmware[8]; /* pages that it needs in Firmware state */
	unsigned int n_firmware;
	uint8_t *before; /* the arena */
	uint8_t states_before[ARENA / RIG_PAGE];
	uint32_t guests_before;
};

/* A machine; config NULL: the default one. */
void scene_new(struct scene *s, const struct psp_config *config, unsigned int sev,
	       unsigned int snp);
void scene_free(struct scene *s);
/* SNP's state and SEV's up to INIT; WORKING comes with a guest. */
void scene_platform(struct scene *s);
/* A guest that nothing is done to. */
void scene_working(struct scene *s);
/* The command's guest, in one of the states; `policy` of SEV's. */
void scene_guest(struct scene *s, unsigned int state, uint32_t policy, bool session);
void scene_snp_guest(struct scene *s, unsigned int state);
/*
 * The machine in s->sev and s->snp, with the guest that the row asks for where that can be;
 * `policy` of a SEV guest, to which *_VMSA adds SEV-ES.
 */
void scene_row(struct scene *s, const struct matrix_row *row, uint32_t policy);
/* Others that hold ASID_TAKEN, SNP_ASID_TAKEN. */
void scene_bystander(struct scene *s);
void scene_snp_bystander(struct scene *s);
/* A step on the way; what does not give SUCCESS breaks the scene. */
void scene_step(struct scene *s, enum psp_cmd_id id, void *buf, size_t len);
void scene_break(struct scene *s, const char *what, int got);

/* The platform's PDH, once it is initialised. */
bool scene_pdh(struct scene *s);
/* A session with it: certificate in SLOT_CERT, blob in SLOT_SESSION. */
void scene_session(struct scene *s, uint32_t policy);
/* What RMPUPDATE can make of a page. */
void scene_page(struct scene *s, uint64_t pa, unsigned int asid, uint64_t gpa, bool immutable);
/* SNP_LAUNCH_UPDATE of a page of the guest. */
void scene_snp_update(struct scene *s, uint64_t pa, uint64_t gpa, unsigned int type);

/* Does this command answer in its buffer (psp-sev.h and the driver)? */
bool matrix_writes(enum psp_cmd_id id);

/* A valid command: s->buf and all that it points to. */
void scene_command(struct scene *s, enum psp_cmd_id id);
void scene_command_snp(struct scene *s, enum psp_cmd_id id); /* its part for SNP's */
bool matrix_is_snp(enum psp_cmd_id id);
/* A newer image in SLOT_FIRMWARE: its length. */
uint32_t scene_firmware_image(struct scene *s);
/* Pages to be turned into Firmware state, if SNP is initialised, when the command runs. */
void scene_firmware(struct scene *s, uint64_t pa, unsigned int pages);
/* Turn them; then the command can be made wrong, before scene_run(). */
void scene_ready(struct scene *s);
/* Issue it: the status. */
int scene_run(struct scene *s);

/* --- Cells --- */

struct cell {
	const char *suite, *command, *state;
	int expected; /* status */
	bool unsure;
};

/* Complaints about the cell; empty: none. */
struct verdict {
	char text[400];
};

/* What a run with this status has to have left behind, but for states. */
void scene_check(struct scene *s, int status, struct verdict *verdict);
__attribute__((format(printf, 2, 3))) void complain(struct verdict *verdict, const char *format,
						    ...);
/* Tell of it, and leave a record. True: it is as expected. */
bool cell_done(const struct cell *cell, const struct verdict *verdict);
/* The state cannot be brought about. */
void cell_unreachable(const struct cell *cell);

/* States by their commands. */
int sev_state(struct scene *s, uint32_t *guests);		   /* PLATFORM_STATUS */
int snp_state(struct scene *s);					   /* SNP_PLATFORM_STATUS */
int guest_state(struct scene *s, uint32_t handle, uint32_t *asid); /* GUEST_STATUS */
int snp_guest_state(struct scene *s, uint32_t *asid);		   /* SNP_GUEST_STATUS */

#endif

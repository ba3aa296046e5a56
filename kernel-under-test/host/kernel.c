// SPDX-License-Identifier: MIT
/* Loading, booting and calling a hosted kernel; see kernel.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/host/internal.h"

/* A call or a task that waits longer, in simulated time, hangs (hung_task_timeout_secs). */
#define HUNG_PS (UINT64_C(120) * EVK_S)

struct kut_kernel *kut_live;

/* wanted.txt: a line is a symbol, a tab, and objects with blanks between. */
static char *wanted_by(const char *path, const char *symbol)
{
	FILE *f = path ? fopen(path, "r") : NULL;
	size_t n = strlen(symbol), size = 0;
	char *line = NULL, *found = NULL;

	while (f && !found && getline(&line, &size, f) > 0)
		if (strncmp(line, symbol, n) == 0 && line[n] == '\t')
			found = strndup(line + n + 1, strcspn(line + n + 1, "\n"));
	if (f)
		fclose(f);
	free(line);
	return found;
}

char *kut_missing_text(const struct kut_kernel *k, const char *symbol)
{
	char *who = wanted_by(k->config.wanted, symbol), *text = NULL;

	if (asprintf(&text, "kernel import not provided: %s (wanted by %s)", symbol,
		     who ? who : "an object of the set") < 0)
		text = NULL;
	free(who);
	return text;
}

static int load(struct kut_kernel *k, char **why)
{
	int ret = kut_image_new(&k->image, kut_service_missing, why);

	if (!ret)
		ret = kut_image_add(k->image, k->config.kernel_o, why);
	if (!ret)
		ret = kut_image_add(k->image, k->config.runtime_o, why);
	if (!ret)
		ret = kut_image_link(k->image, why);
	return ret;
}

static int find_entry(struct kut_kernel *k, char **why)
{
	const struct kut_host_ops **host = (void *)kut_image_symbol(k->image, "kut_host");

	k->entry = (void *)kut_image_symbol(k->image, "kut_entry");
	k->layout = (void *)kut_image_symbol(k->image, "kut_layout");
	if (!host || !k->entry || !k->layout || k->entry->abi != KUT_HOST_ABI) {
		*why = strdup("the runtime of this object set was made for another version of "
			      "Faultline; say `faultline kernel add` again, with its name, source "
			      "and series");
		return -ENOEXEC;
	}
	if (k->config.rsdp && !k->entry->acpi) {
		*why = strdup("the machine's firmware is ACPI, and this object set was built "
			      "without it: make a set of the target smmu-acpi (faultline kernel "
			      "add 6.12-acpi --package linux-source-6.12 --target smmu-acpi)");
		return -EINVAL;
	}
	*host = &kut_services;
	if (k->entry->bug_file_from_entry)
		kut_image_bug_file_from_entry(k->image);
	return 0;
}

int kut_kernel_new(struct kut_kernel **out, const struct kut_kernel_config *config, char **why)
{
	struct kut_kernel *k;
	int ret;

	if (kut_live) {
		*why = strdup("a hosted kernel runs already");
		return -EBUSY;
	}
	if (config->cpus < 1 || config->cpus > KUT_MAX_CPUS) {
		if (asprintf(why, "%u CPUs: from 1 to %d are possible", config->cpus,
			     KUT_MAX_CPUS) < 0)
			*why = NULL;
		return -EINVAL;
	}
	k = calloc(1, sizeof(*k));
	if (!k)
		return -ENOMEM;
	k->config = *config;
	k->hung_ps = k->look_at = HUNG_PS;
	sim_rng_init(&k->sched, config->seed, "sched");
	ret = load(k, why);
	if (!ret)
		ret = find_entry(k, why);
	if (!ret)
		ret = kut_memory_map(k, why);
	if (!ret)
		ret = kut_traps_install(why);
	if (ret) {
		kut_image_free(k->image);
		free(k);
		return ret;
	}
	k->never = evk_event_new("never");
	k->alarm = evk_event_new("alarm");
	kut_live = k;
	ret = kut_watchdog_start(k, why);
	*out = k;
	return ret;
}

void kut_kernel_free(struct kut_kernel *k)
{
	if (!k)
		return;
	kut_watchdog_stop();
	kut_traps_remove();
	kut_memory_unmap(k);
	kut_image_free(k->image);
	kut_live = NULL;
	free(k->reason);
	free(k->told);
	free(k);
}

static int dead(struct kut_kernel *k, char **why)
{
	if (asprintf(why, "%s%s", k->reported ? "the kernel has died before: " : "",
		     k->reason ? k->reason : "the kernel died") < 0)
		*why = NULL;
	k->reported = true;
	return -EIO;
}

/* Kernel code outside the threads of the event kernel; false: it died. */
static bool outside(struct kut_kernel *k, void (*fn)(struct kut_kernel *k, void *arg), void *arg)
{
	bool alive = _setjmp(k->outside) == 0;

	k->outside_set = alive;
	if (alive)
		fn(k, arg);
	k->outside_set = false;
	return alive;
}

/* `op`: the call that does not end, or NULL. */
static void tell_hung(struct kut_kernel *k, void *op)
{
	k->look_at = k->entry->hung(op, k->hung_ps);
}

/* As evk_run(), with a look on the way whenever a task may have been blocked for too long. */
static int advance(struct kut_kernel *k, uint64_t until)
{
	for (;;) {
		bool look = k->look_at < until;
		int reason = evk_run(look ? k->look_at : until);

		if (reason != EVK_REACHED || !look || k->dead)
			return reason;
		outside(k, tell_hung, NULL);
	}
}

static int hung(struct kut_kernel *k, const char *what, char **why)
{
	outside(k, tell_hung, (void *)what);
	kut_set_dead(k, "hung: %s has not ended after %g s of simulated time", what,
		     (double)k->hung_ps / EVK_S);
	return dead(k, why);
}

/* Run until `done` or dead; what nobody can end, or takes too long, hangs. */
static int run_until(struct kut_kernel *k, const int *done, const bool *flag, const char *what,
		     char **why)
{
	uint64_t limit = evk_now() + k->hung_ps;

	evk_notify(k->alarm, k->hung_ps); /* time passes though nothing happens */
	while (!(done && *done) && !(flag && *flag)) {
		int reason;

		if (k->dead)
			return dead(k, why);
		reason = advance(k, limit);
		if (reason < 0)
			return reason;
		if (k->timed_out && !k->dead)
			kut_time_limit(k);
		if (k->dead)
			return dead(k, why);
		if (reason == EVK_STOPPED)
			continue;
		if (!(done && *done) && !(flag && *flag))
			return hung(k, what, why);
	}
	evk_cancel(k->alarm);
	return k->dead ? dead(k, why) : 0;
}

int kut_kernel_boot(struct kut_kernel *k, char **why)
{
	if (k->boot_started) {
		*why = strdup("the kernel has been booted already");
		return -EINVAL;
	}
	k->boot_started = true;
	if (!kut_services.thread_start("boot", k->entry->boot, NULL)) {
		*why = strdup("no memory for the boot thread");
		return -ENOMEM;
	}
	return run_until(k, NULL, &k->booted, "swapper/0", why);
}

static bool has_op(const struct kut_kernel *k, const char *name)
{
	const char *op;

	for (unsigned int i = 0; (op = k->entry->op_name(i)); i++)
		if (strcmp(op, name) == 0)
			return true;
	return false;
}

static void submit(struct kut_kernel *k, void *call)
{
	k->entry->submit(call);
}

int kut_kernel_call(struct kut_kernel *k, struct kut_call *call, char **why)
{
	struct trc_record r = {
		.kind = TRC_CALL, .n_words = 8, .text = call->op, .text_len = strlen(call->op)};

	if (k->dead)
		return dead(k, why);
	if (!has_op(k, call->op)) {
		if (asprintf(why,
			     "the kernel's exercisers have no operation \"%s\" (those in "
			     "kernel-under-test/modules/NAME are built into a set only if one of "
			     "its "
			     "series is called NAME)",
			     call->op) < 0)
			*why = NULL;
		return -EINVAL;
	}
	if (call->cpu >= k->config.cpus) {
		if (asprintf(why, "CPU %u: the machine has %u", call->cpu, k->config.cpus) < 0)
			*why = NULL;
		return -EINVAL;
	}
	for (unsigned int i = 0; i < 8; i++)
		r.words[i] = call->arg[i];
	r.time = evk_now();
	if (k->config.hooks.record)
		k->config.hooks.record(k->config.hooks.ctx, &r);
	call->done = 0;
	outside(k, submit, call);
	return run_until(k, &call->done, NULL, call->op, why);
}

int kut_kernel_run(struct kut_kernel *k, uint64_t until, const bool *done, char **why)
{
	int reason = EVK_STOPPED;

	evk_notify(k->alarm, until - evk_now()); /* time passes though nothing happens */
	while (reason == EVK_STOPPED && !(done && *done)) {
		if (k->dead)
			return dead(k, why);
		reason = advance(k, until);
		if (reason < 0) {
			*why = strdup("the event kernel cannot run");
			return reason;
		}
		if (k->timed_out && !k->dead)
			kut_time_limit(k);
	}
	return k->dead ? dead(k, why) : 0;
}

struct line {
	unsigned int cpu;
	bool level;
};

static void set_line(struct kut_kernel *k, void *arg)
{
	const struct line *l = arg;

	k->entry->cpu_line(l->cpu, l->level);
}

void kut_kernel_cpu_line(struct kut_kernel *k, unsigned int cpu, bool level)
{
	struct line l = {cpu, level};

	if (cpu < k->config.cpus && !k->dead)
		outside(k, set_line, &l);
}

void kut_kernel_hung_timeout(struct kut_kernel *k, uint64_t ps)
{
	k->hung_ps = ps;
	k->look_at = evk_now();
}

bool kut_kernel_timed_out(const struct kut_kernel *k)
{
	return k && k->timed_out;
}

bool kut_kernel_ended_by_clock(const struct kut_kernel *k)
{
	return k && (k->timed_out || k->stuck);
}

/* ---- memory ---- */

struct memory_call {
	unsigned int number, result;
	unsigned long minimum;
	struct kut_memory_item *item;
};

static void set_mark(struct kut_kernel *k, void *arg)
{
	k->entry->memory_mark(((struct memory_call *)arg)->number);
}

static void find_leaks(struct kut_kernel *k, void *arg)
{
	struct memory_call *call = arg;

	call->result = k->entry->memory_leaks(call->number, call->minimum);
}

static void check_memory(struct kut_kernel *k, void *unused)
{
	(void)unused;
	k->entry->memory_check();
}

static void log_left(struct kut_kernel *k, void *unused)
{
	(void)unused;
	k->entry->memory_left();
}

static void get_item(struct kut_kernel *k, void *arg)
{
	struct memory_call *call = arg;

	call->result = (unsigned int)k->entry->memory_item(call->number, call->item);
}

static unsigned int memory_call(struct kut_kernel *k, void (*fn)(struct kut_kernel *k, void *arg),
				struct memory_call *call)
{
	if (!k || !k->booted || k->dead)
		return 0;
	return outside(k, fn, call) ? call->result : 0;
}

void kut_kernel_memory_mark(struct kut_kernel *k, unsigned int mark)
{
	memory_call(k, set_mark, &(struct memory_call){.number = mark});
}

unsigned int kut_kernel_memory_leaks(struct kut_kernel *k, unsigned int mark, unsigned long minimum)
{
	return memory_call(k, find_leaks,
			   &(struct memory_call){.number = mark, .minimum = minimum});
}

void kut_kernel_memory_check(struct kut_kernel *k)
{
	memory_call(k, check_memory, &(struct memory_call){0});
}

void kut_kernel_memory_left(struct kut_kernel *k)
{
	memory_call(k, log_left, &(struct memory_call){0});
}

bool kut_kernel_memory_item(struct kut_kernel *k, unsigned int index, struct kut_memory_item *item)
{
	return memory_call(k, get_item, &(struct memory_call){.number = index, .item = item});
}

bool kut_kernel_called_by(struct kut_kernel *k, const char *function)
{
	return kut_backtrace_has(k, k->caller_sp, function);
}

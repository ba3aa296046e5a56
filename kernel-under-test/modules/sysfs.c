// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs for scenarios: a path is looked up in the real kernfs tree, and the
 * attribute's own show() and store() are called, with the node held active as a
 * system call would. Nothing is mounted; binary attributes want an open file.
 */
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "kut_module.h"

/* fs/sysfs and fs/kernfs have these between their own files. */
extern struct kernfs_node *sysfs_root_kn;
struct kernfs_node *kernfs_get_active(struct kernfs_node *kn);
void kernfs_put_active(struct kernfs_node *kn);

/* What a link leads to, with a reference in exchange for the link's. */
static struct kernfs_node *follow(struct kernfs_node *kn)
{
	struct kernfs_node *target;

	if (kernfs_type(kn) != KERNFS_LINK)
		return kn;
	target = kn->symlink.target_kn;
	kernfs_get(target);
	kernfs_put(kn);
	return target;
}

/* The node of a path such as "/bus/pci/devices/0000:00:01.0"; links on the way are followed. */
static struct kernfs_node *lookup(char *path, bool follow_last)
{
	struct kernfs_node *kn = sysfs_root_kn;
	char *name;

	kernfs_get(kn);
	while (kn && (name = strsep(&path, "/"))) {
		struct kernfs_node *child;

		if (!*name)
			continue;
		kn = follow(kn);
		child = kernfs_type(kn) == KERNFS_DIR ? kernfs_find_and_get(kn, name) : NULL;
		kernfs_put(kn);
		kn = child;
	}
	return kn && follow_last ? follow(kn) : kn;
}

static long show(struct kernfs_node *kn, struct kobject *kobj, char *page)
{
	const struct sysfs_ops *ops = kobj->ktype->sysfs_ops;

	return ops && ops->show && kn->mode & 0444 ? ops->show(kobj, kn->priv, page) : -EACCES;
}

static long store(struct kernfs_node *kn, struct kobject *kobj, const char *page, size_t len)
{
	const struct sysfs_ops *ops = kobj->ktype->sysfs_ops;

	return ops && ops->store && kn->mode & 0222 ? ops->store(kobj, kn->priv, page, len)
						    : -EACCES;
}

/* An attribute is text if it is read through a seq_file, or written without one. */
static bool is_text(const struct kernfs_node *kn)
{
	const struct kernfs_ops *ops = kn->attr.ops;

	return !ops->mmap && (ops->seq_show || !ops->read);
}

static long transfer(struct kernfs_node *kn, char *page, size_t len, bool write)
{
	struct kernfs_node *parent = kernfs_get_parent(kn);
	long ret = -ENODEV;

	if (kernfs_get_active(kn)) {
		ret = write ? store(kn, parent->priv, page, len) : show(kn, parent->priv, page);
		kernfs_put_active(kn);
	}
	kernfs_put(parent);
	return ret;
}

static long attribute(char *path, char *page, size_t len, bool write)
{
	struct kernfs_node *kn = lookup(path, true);
	long ret;

	if (!kn)
		return -ENOENT;
	if (kernfs_type(kn) != KERNFS_FILE)
		ret = -EISDIR;
	else if (!is_text(kn))
		ret = -EOPNOTSUPP;
	else
		ret = transfer(kn, page, len, write);
	kernfs_put(kn);
	return ret;
}

/* sysfs.read: a path in buf -> bytes of the attribute, which buf gets; -ENOSPC: it is too small. */
static long op_read(const struct kut_op_args *a)
{
	char *path = kstrndup(a->buf, a->buf_len, GFP_KERNEL);
	char *page = (char *)__get_free_page(GFP_KERNEL | __GFP_ZERO);
	long ret = -ENOMEM;

	if (path && page)
		ret = attribute(path, page, 0, false);
	if (ret > 0 && ret > a->buf_len)
		ret = -ENOSPC;
	if (ret > 0)
		memcpy(a->buf, page, ret);
	free_page((unsigned long)page);
	kfree(path);
	return ret;
}
KUT_OP("sysfs.read", op_read);

/* sysfs.write: a path, a zero byte, what is written, in buf -> bytes taken. */
static long op_write(const struct kut_op_args *a)
{
	size_t path_len = strnlen(a->buf, a->buf_len);
	size_t len = path_len < a->buf_len ? a->buf_len - path_len - 1 : PAGE_SIZE;
	char *path = kstrndup(a->buf, path_len, GFP_KERNEL);
	char *page = (char *)__get_free_page(GFP_KERNEL | __GFP_ZERO);
	long ret = -ENOMEM;

	if (len >= PAGE_SIZE) {
		ret = -EINVAL;
	} else if (path && page) {
		memcpy(page, a->buf + path_len + 1, len);
		ret = attribute(path, page, len, true);
	}
	free_page((unsigned long)page);
	kfree(path);
	return ret;
}
KUT_OP("sysfs.write", op_write);

/* sysfs.target: a path in buf -> length of the path that the link there leads to, in buf. */
static long op_target(const struct kut_op_args *a)
{
	char *path = kstrndup(a->buf, a->buf_len, GFP_KERNEL);
	struct kernfs_node *kn = path ? lookup(path, false) : NULL;
	long ret = -ENOENT;

	if (kn && kernfs_type(kn) == KERNFS_LINK)
		ret = kernfs_path(kn->symlink.target_kn, a->buf, a->buf_len);
	else if (kn)
		ret = -EINVAL;
	if (kn)
		kernfs_put(kn);
	kfree(path);
	return ret;
}
KUT_OP("sysfs.target", op_target);

/*
 * template: Google's ctemplate behind a face of C. Every function that can throw catches everything here.
 *
 * Files are read by us and handed to a cache of their own under their bare names, which is then frozen: nothing is read or parsed
 * after templates_load(), two caches can live side by side, and rendering is const.
 */
extern "C" {
#include "page/template.h"
}

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include <dirent.h>
#include <sys/stat.h>

#include <ctemplate/template.h>

using ctemplate::TemplateCache;
using ctemplate::TemplateDictionary;
using ctemplate::TemplateString;

struct templates {
	TemplateCache cache;
};

struct page {
	std::unique_ptr<TemplateDictionary> root; /* of the page itself; sections belong to their parents */
	TemplateDictionary *values = nullptr;
	std::vector<std::unique_ptr<page>> parts;
	bool failed = false; /* memory was out; told when rendering */
};

namespace
{

const char pragma[] = "{{%AUTOESCAPE context=\"HTML\"}}\n";
const char suffix[] = ".tpl";
const off_t file_max = 1 << 20;

/* Markers that could switch escaping off. */
struct forbidden {
	const char *text, *why;
};
const forbidden refused[] = {
	{ "{{=", "changes the markers" },
	{ "{{%", "has a second pragma" },
};

/* ctemplate says what is wrong with a template on std::cerr only. */
class listen_cerr
{
	std::ostringstream said;
	std::streambuf *const before;

      public:
	listen_cerr() : before(std::cerr.rdbuf(said.rdbuf()))
	{
	}
	~listen_cerr()
	{
		std::cerr.rdbuf(before);
	}
	listen_cerr(const listen_cerr &) = delete;
	listen_cerr &operator=(const listen_cerr &) = delete;

	/* The first line, without what stands before the last "ERROR: " in it. */
	std::string reason() const
	{
		const std::string all = said.str(), line = all.substr(0, all.find('\n')), mark = "ERROR: ";
		const size_t at = line.rfind(mark);

		return at == std::string::npos ? line : line.substr(at + mark.size());
	}
};

class text_emitter final : public ctemplate::ExpandEmitter
{
	struct text *const out;

      public:
	explicit text_emitter(struct text *to) : out(to)
	{
	}
	void Emit(char c) override
	{
		text_add(out, &c, 1);
	}
	void Emit(const std::string &s) override
	{
		text_add(out, s.data(), s.size());
	}
	void Emit(const char *s) override
	{
		text_str(out, s);
	}
	void Emit(const char *s, size_t n) override
	{
		text_add(out, s, n);
	}
};

struct file_closer {
	void operator()(FILE *f) const
	{
		fclose(f);
	}
	void operator()(DIR *d) const
	{
		closedir(d);
	}
};

int read_file(const std::string &path, std::string *out, struct err *e)
{
	const std::unique_ptr<FILE, file_closer> f(fopen(path.c_str(), "re"));
	struct stat st;

	if (f == nullptr || fstat(fileno(f.get()), &st) != 0)
		return err_errno(e, ERR_IO, "%s: the template cannot be read", path.c_str());
	if (!S_ISREG(st.st_mode) || st.st_size > file_max)
		return err_set(e, ERR_FORMAT, "%s: not a regular file below 1 MiB", path.c_str());
	out->resize(static_cast<size_t>(st.st_size));
	if (fread(&(*out)[0], 1, out->size(), f.get()) != out->size())
		return err_errno(e, ERR_IO, "%s: the template cannot be read", path.c_str());
	return OK;
}

/* Line of the byte at `at`, from 1. */
size_t line_of(const std::string &text, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

/* Escaping must be on, and no variable may have modifiers: what escapes it is decided by where it stands alone. */
int check_escaping(const std::string &path, const std::string &text, struct err *e)
{
	const size_t head = sizeof(pragma) - 1;

	if (text.compare(0, head, pragma) != 0)
		return err_set(e, ERR_FORMAT, "%s: the first line must be %.*s, so that everything shown is escaped", path.c_str(),
			       static_cast<int>(head - 1), pragma);
	for (const forbidden &f : refused) {
		const size_t at = text.find(f.text, head);

		if (at != std::string::npos)
			return err_set(e, ERR_FORMAT, "%s, line %zu: %s %s, which is not allowed", path.c_str(), line_of(text, at),
				       f.text, f.why);
	}
	for (size_t at = text.find("{{", head); at != std::string::npos; at = text.find("{{", at + 2)) {
		const size_t end = text.find("}}", at), colon = text.find(':', at);

		if (text[at + 2] != '!' && colon != std::string::npos && colon < end)
			return err_set(e, ERR_FORMAT, "%s, line %zu: modifiers of variables are not allowed", path.c_str(),
				       line_of(text, at));
	}
	return OK;
}

int load_file(TemplateCache *cache, const std::string &dir, const std::string &name, struct err *e)
{
	const std::string path = dir + "/" + name;
	std::string text;
	int r;

	if ((r = read_file(path, &text, e)) != OK || (r = check_escaping(path, text, e)) != OK)
		return r;
	const listen_cerr heard;

	if (!cache->StringToTemplateCache(name, text, ctemplate::STRIP_BLANK_LINES))
		return err_set(e, ERR_FORMAT, "%s: %s", path.c_str(), heard.reason().c_str());
	return OK;
}

bool is_template(const std::string &name)
{
	const size_t n = sizeof(suffix) - 1;

	return name[0] != '.' && name.size() > n && name.compare(name.size() - n, n, suffix) == 0;
}

int load_folder(TemplateCache *cache, const std::string &dir, struct err *e)
{
	const std::unique_ptr<DIR, file_closer> d(opendir(dir.c_str()));
	size_t n = 0;
	int r;

	if (d == nullptr)
		return err_errno(e, ERR_IO, "%s: the folder of templates cannot be read", dir.c_str());
	for (errno = 0; const struct dirent *const entry = readdir(d.get()); errno = 0) {
		if (!is_template(entry->d_name))
			continue;
		if ((r = load_file(cache, dir, entry->d_name, e)) != OK)
			return r;
		n++;
	}
	if (errno != 0)
		return err_errno(e, ERR_IO, "%s: the folder of templates cannot be read", dir.c_str());
	if (n == 0)
		return err_set(e, ERR_IO, "%s: there is no template (*%s) in this folder", dir.c_str(), suffix);
	cache->Freeze();
	return OK;
}

struct page *add_part(struct page *p, TemplateDictionary *values)
{
	p->parts.push_back(std::make_unique<page>());
	p->parts.back()->values = values;
	return p->parts.back().get();
}

bool any_failed(const struct page *p)
{
	bool failed = p->failed;

	for (const auto &part : p->parts)
		failed = failed || any_failed(part.get());
	return failed;
}

} // namespace

extern "C" {

int templates_load(struct templates **out, const char *dir, struct err *e)
try {
	auto t = std::make_unique<templates>();
	const int r = load_folder(&t->cache, dir, e);

	if (r == OK)
		*out = t.release();
	return r;
} catch (...) {
	return err_set(e, ERR_NOMEM, "%s: memory ran out while templates were read", dir);
}

void templates_del(struct templates *t)
{
	delete t;
}

struct page *page_new(void)
try {
	auto p = std::make_unique<page>();

	p->root = std::make_unique<TemplateDictionary>("page");
	p->values = p->root.get();
	return p.release();
} catch (...) {
	return nullptr;
}

void page_del(struct page *p)
{
	delete p;
}

void page_set(struct page *p, const char *name, const char *value)
{
	if (p == nullptr)
		return;
	try {
		p->values->SetValue(name, value);
	} catch (...) {
		p->failed = true;
	}
}

void page_printf(struct page *p, const char *name, const char *fmt, ...)
{
	char *value = nullptr;
	va_list ap;

	va_start(ap, fmt);
	const int n = vasprintf(&value, fmt, ap);
	va_end(ap);
	if (n >= 0) {
		page_set(p, name, value);
		free(value);
	} else if (p != nullptr) {
		p->failed = true;
	}
}

struct page *page_section(struct page *p, const char *name)
{
	if (p == nullptr)
		return nullptr;
	try {
		return add_part(p, p->values->AddSectionDictionary(name));
	} catch (...) {
		p->failed = true;
		return nullptr;
	}
}

struct page *page_include(struct page *p, const char *name, const char *file)
{
	if (p == nullptr)
		return nullptr;
	try {
		TemplateDictionary *const values = p->values->AddIncludeDictionary(name);

		values->SetFilename(file);
		return add_part(p, values);
	} catch (...) {
		p->failed = true;
		return nullptr;
	}
}

int templates_render(const struct templates *t, const char *file, const struct page *p, struct text *out, struct err *e)
{
	const size_t before = out->n;
	int r = OK;

	try {
		const listen_cerr quiet;
		text_emitter to(out);

		if (p == nullptr || any_failed(p))
			r = ERR_NOMEM;
		else if (!t->cache.ExpandNoLoad(file, ctemplate::STRIP_BLANK_LINES, p->values, nullptr, &to))
			r = err_set(e, ERR_NOT_FOUND, "%s: there is no such template, or one of those that it includes is missing",
				    file);
	} catch (...) {
		r = ERR_NOMEM;
	}
	if (r == ERR_NOMEM || out->failed)
		r = err_set(e, ERR_NOMEM, "%s: memory ran out while the page was made", file);
	if (r != OK && out->p != nullptr) {
		out->n = before;
		out->p[before] = '\0';
	}
	return r;
}

} /* extern "C" */

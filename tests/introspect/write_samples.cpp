// SPDX-License-Identifier: Apache-2.0
// Writes models of random schemas as headers, for samples_test.cpp to compile: write_samples <folder>
#include "odd_schema.hpp"
#include "samples.hpp"

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

namespace {

void write(const std::string& file, const std::string& text) {
  std::ofstream out(file);
  out << text;
  out.flush();
  if (!out) throw std::runtime_error("cannot write " + file);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw std::runtime_error("usage: write_samples <folder>");
  const std::string folder = argv[1];
  std::string all;
  std::string list = "const std::vector<compiled_sample> compiled_samples{\n";
  for (const tupelo::written_sample& sample : tupelo::written_samples()) {
    const tupelo::model_source source = sample.models();
    const std::string name = "sample_" + std::to_string(&sample - tupelo::written_samples().data());
    write(folder + "/" + name + ".hpp", source.text);
    std::string models;
    for (const auto& model : source.models) models += (models.empty() ? "" : ", ") + (name + "::") + model.name;
    // What the header includes has been included before, so that nothing but models is in the namespace.
    all += "namespace " + name + " {\n#include \"" + name + ".hpp\"\n}\n";
    list += "    [] { return schema_of<" + models + ">().schema; },\n";
  }
  write(folder + "/samples.inc", all + "namespace tupelo {\n" + list + "};\n}\n");
  return 0;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "%s\n", failure.what());
  return 1;
}

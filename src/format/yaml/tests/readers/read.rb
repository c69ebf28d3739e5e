# Reads lines `{"yaml": …, "json": …}` and compares what the YAML holds with the JSON, types and order of keys included.
require "json"
require "psych"

def same(a, b)
  case b
  when Hash then a.is_a?(Hash) && a.keys == b.keys && b.all? { |key, value| same(a[key], value) }
  when Array then a.is_a?(Array) && a.size == b.size && a.zip(b).all? { |one, other| same(one, other) }
  else a.instance_of?(b.class) && a == b
  end
end

# Psych takes a key `<<` for a merge key though it stands in quotes, where its value is a mapping or a list; no text of ours
# could keep it from that.
def merges(tree)
  case tree
  when Hash then tree.any? { |key, value| key == "<<" && (value.is_a?(Hash) || value.is_a?(Array)) || merges(value) }
  when Array then tree.any? { |item| merges(item) }
  else false
  end
end

$stdin.set_encoding("UTF-8")
$stdin.each_line do |line|
  example = JSON.parse(line, max_nesting: false)
  next if merges(example["json"])

  got = begin
    Psych.safe_load(example["yaml"])
  rescue StandardError => error
    error
  end
  abort "#{example["yaml"]}\n#{got.inspect}\n#{example["json"].inspect}" unless same(got, example["json"])
end

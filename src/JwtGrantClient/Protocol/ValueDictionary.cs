using System.Collections;
using System.Text.Json;

namespace JwtGrantClient.Protocol;

/// <summary>
/// Claims or header parameters. A <see cref="JsonElement"/> is cloned when it is added, because the caller may dispose its document before it is written.
/// </summary>
internal sealed class ValueDictionary : IDictionary<string, object>
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    public ICollection<string> Keys => _values.Keys;

    public ICollection<object> Values => _values.Values;

    public int Count => _values.Count;

    public bool IsReadOnly => false;

    public object this[string key]
    {
        get => _values[key];
        set => _values[key] = Clone(value);
    }

    public void Add(string key, object value) => _values.Add(key, Clone(value));

    public void Add(KeyValuePair<string, object> item) => Add(item.Key, item.Value);

    public void Clear() => _values.Clear();

    public bool Contains(KeyValuePair<string, object> item) => ((ICollection<KeyValuePair<string, object>>)_values).Contains(item);

    public bool ContainsKey(string key) => _values.ContainsKey(key);

    public void CopyTo(KeyValuePair<string, object>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, object>>)_values).CopyTo(array, arrayIndex);

    public bool Remove(string key) => _values.Remove(key);

    public bool Remove(KeyValuePair<string, object> item) => ((ICollection<KeyValuePair<string, object>>)_values).Remove(item);

    public bool TryGetValue(string key, out object value) => _values.TryGetValue(key, out value!);

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static object Clone(object value) => value is JsonElement { ValueKind: not JsonValueKind.Undefined } json ? json.Clone() : value;
}

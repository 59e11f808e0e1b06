using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EspForge.Boards;

/// <summary>
/// Checks a JSON value against a JSON schema (draft 2020-12) and names the first place at fault. It knows the keywords our own schemas use; any
/// other keyword is a bug in the schema and throws.
/// </summary>
internal sealed class SchemaCheck(JsonElement schema)
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>The first violation as a path (<c>$.headers[0].side</c>) and what is wrong there, or null where there is none.</summary>
    public (string Path, string Problem)? FirstViolation(JsonElement value) => Check(schema, value, "$");

    private (string Path, string Problem)? Check(JsonElement rules, JsonElement value, string path)
    {
        foreach (var keyword in rules.EnumerateObject())
        {
            if (CheckKeyword(keyword.Name, keyword.Value, rules, value, path) is { } violation)
                return violation;
        }

        return null;
    }

    private (string Path, string Problem)? CheckKeyword(string keyword, JsonElement rule, JsonElement rules, JsonElement value, string path)
    {
        switch (keyword)
        {
            case "$schema" or "$id" or "$defs" or "title" or "description":
                return null;
            case "$ref":
                return Check(Resolve(rule.GetString()!), value, path);
            case "anyOf":
                return rule.EnumerateArray().Any(option => Check(option, value, path) is null) ? null : Check(rule[0], value, path);
            case "type":
                return IsType(rule, value) ? null : (path, $"must be {Words(rule)}, not {Name(value)}");
            case "const":
                return JsonElement.DeepEquals(rule, value) ? null : (path, $"must be {rule.GetRawText()}");
            case "enum":
                return rule.EnumerateArray().Any(option => JsonElement.DeepEquals(option, value)) ? null
                    : (path, "must be one of " + string.Join(", ", rule.EnumerateArray().Select(option => option.GetRawText())));
            case "minimum":
                return value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.GetDouble() ? null : (path, $"must be at least {rule.GetRawText()}");
            case "maximum":
                return value.ValueKind != JsonValueKind.Number || value.GetDouble() <= rule.GetDouble() ? null : (path, $"must be at most {rule.GetRawText()}");
            case "minLength":
                return value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= rule.GetInt32() ? null : (path, "must not be empty");
            case "maxLength":
                return value.ValueKind != JsonValueKind.String || value.GetString()!.Length <= rule.GetInt32() ? null
                    : (path, $"is longer than {rule.GetRawText()} characters");
            case "pattern":
                return value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.GetString()!, RegexOptions.CultureInvariant, PatternTimeout)
                    ? null : (path, $"must match {rule.GetString()}");
            case "required":
                return value.ValueKind != JsonValueKind.Object ? null
                    : rule.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _))
                        .Select(name => ((string, string)?)(path, $"lacks the field '{name.GetString()}'")).FirstOrDefault();
            case "properties":
                return CheckProperties(rule, value, path);
            case "additionalProperties":
                return CheckOtherProperties(rule, rules, value, path);
            case "items":
                return CheckItems(rule, value, path);
            case "uniqueItems":
                return value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Select(item => item.GetRawText()).Distinct(StringComparer.Ordinal).Count() == value.GetArrayLength()
                    ? null : (path, "holds the same value twice");
            case "maxItems":
                return value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.GetInt32() ? null : (path, $"has more than {rule.GetRawText()} entries");
            case "maxProperties":
                return value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() <= rule.GetInt32() ? null : (path, $"has more than {rule.GetRawText()} fields");
            default:
                throw new InvalidOperationException($"The schema uses the keyword '{keyword}', which this check does not know.");
        }
    }

    private (string Path, string Problem)? CheckProperties(JsonElement rule, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var property in rule.EnumerateObject())
        {
            if (value.TryGetProperty(property.Name, out var child) && Check(property.Value, child, $"{path}.{property.Name}") is { } violation)
                return violation;
        }

        return null;
    }

    private (string Path, string Problem)? CheckOtherProperties(JsonElement rule, JsonElement rules, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var child in value.EnumerateObject())
        {
            if (rules.TryGetProperty("properties", out var known) && known.TryGetProperty(child.Name, out _))
                continue;
            if (rule.ValueKind == JsonValueKind.False)
                return (path, $"has the unknown field '{child.Name}'");
            if (rule.ValueKind == JsonValueKind.Object && Check(rule, child.Value, $"{path}.{child.Name}") is { } violation)
                return violation;
        }

        return null;
    }

    private (string Path, string Problem)? CheckItems(JsonElement rule, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return null;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (Check(rule, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]")) is { } violation)
                return violation;
        }

        return null;
    }

    private JsonElement Resolve(string reference)
    {
        const string Prefix = "#/$defs/";
        return reference.StartsWith(Prefix, StringComparison.Ordinal)
            ? schema.GetProperty("$defs").GetProperty(reference[Prefix.Length..])
            : throw new InvalidOperationException($"The schema refers to '{reference}', which is not under $defs.");
    }

    private static bool IsType(JsonElement rule, JsonElement value) => rule.ValueKind == JsonValueKind.Array
        ? rule.EnumerateArray().Any(option => IsType(option, value))
        : rule.GetString() switch
        {
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            var name => string.Equals(name, Name(value), StringComparison.Ordinal),
        };

    private static string Words(JsonElement rule) => rule.ValueKind == JsonValueKind.Array
        ? string.Join(" or ", rule.EnumerateArray().Select(option => option.GetString()))
        : rule.GetString()!;

    private static string Name(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}

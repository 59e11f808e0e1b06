using System.Text.Json;

namespace EspForge.Studio.Tests.Api;

[Collection(SharedStudioCollection.Name)]
public sealed class OpenApiTests(SharedStudio studio)
{
    /// <summary>Set to 1, the kept document is replaced by the served one.</summary>
    private const string Update = "ESPFORGE_UPDATE_OPENAPI";

    [Fact]
    public async Task The_served_document_is_the_kept_one()
    {
        var served = (await studio.Host.Anonymous().Http.GetStringAsync("/api/v1/openapi.json")).ReplaceLineEndings("\n").TrimEnd() + "\n";
        var path = Kept();
        if (Environment.GetEnvironmentVariable(Update) == "1")
            await File.WriteAllTextAsync(path, served);
        Assert.True(
            string.Equals(await File.ReadAllTextAsync(path), served, StringComparison.Ordinal),
            $"samples/EspForge.Studio/openapi.json is not what the code serves. Run this test with {Update}=1, look at the difference, generate the user interface's types (npm run generate).");
    }

    [Fact]
    public async Task Every_operation_has_an_id_of_its_own_and_every_json_answer_a_shape()
    {
        using var document = JsonDocument.Parse(await studio.Host.Anonymous().Http.GetStringAsync("/api/v1/openapi.json"));
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var what = $"{operation.Name} {path.Name}";
                Assert.True(operation.Value.TryGetProperty("operationId", out var id), $"{what} has no id");
                Assert.True(ids.Add(id.GetString()!), $"{what} has the id of another operation");
                var success = operation.Value.GetProperty("responses").EnumerateObject().Where(response => response.Name.StartsWith('2')).ToList();
                Assert.True(success.Count == 1, $"{what} has {success.Count} ways to succeed");
                if (success[0].Value.TryGetProperty("content", out var content) && content.TryGetProperty("application/json", out var json))
                    Assert.StartsWith("#/components/schemas/ApiEnvelopeOf", json.GetProperty("schema").GetProperty("$ref").GetString(), StringComparison.Ordinal);
            }
        }

        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name).ToList();
        foreach (var name in new[] { "Session", "User", "Project", "ProjectFile", "Build", "Image", "Release", "Rollout", "RolloutSummary", "Device", "VirtualDevice", "Board", "Finding", "PinPlan" })
            Assert.Contains(name, schemas);
    }

    private static string Kept()
    {
        // Not the compiler's path of this file: a deterministic build writes another root into it.
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "EspForge.sln")))
                return Path.Combine(directory.FullName, "samples", "EspForge.Studio", "openapi.json");
        throw new InvalidOperationException("EspForge.sln was not found above the test's folder.");
    }
}

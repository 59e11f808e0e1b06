using System.Text.Json;
using System.Text.Json.Serialization;

namespace EspForge.Boards;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNameCaseInsensitive = false, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(Chip))]
[JsonSerializable(typeof(Board))]
internal sealed partial class CatalogJson : JsonSerializerContext;

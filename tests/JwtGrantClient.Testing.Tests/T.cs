namespace JwtGrantClient.Testing.Tests; public sealed class T { [Fact] public void A() => Assert.Equal(2, int.Parse("2", null)); }

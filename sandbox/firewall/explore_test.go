package firewall

import ("testing";"time";"fmt";"ai-serving/internal/firewall";"strings")

func TestExplore(t *testing.T){
 ps,err:=readPrompts("testdata/prompts"); if err!=nil{t.Fatal(err)}
 for _,v:=range []string{"2.2","2.1"}{
 before,err:=newAzure(v,[]firewall.Exclusion{{Variable:"RequestArgNames",Operator:"StartsWith",Selector:"messages"}}); if err!=nil{t.Fatal(err)}
 after,err:=newAzure(v,firewall.Exclusions(v,"http")); if err!=nil{t.Fatal(err)}
 s:=time.Now(); nb,na:=0,0
 for _,p:=range ps{ 
  b,err:=before.run(p.Request); if err!=nil{t.Fatal(err)}; if b.Blocked{nb++}
  c,err:=after.run(p.Request); if err!=nil{t.Fatal(err)}; if c.Blocked{na++; fmt.Println("after",v,p.Kind,p.Name,attack(c.Rules))}
 }
 fmt.Println(v,len(ps),nb,na,time.Since(s))
 }
 for _,parsed:=range []bool{true,false}{
  a,err:=newArmor(parsed); if err!=nil{t.Fatal(err)}
  s:=time.Now(); n:=0; hit:=map[int]int{}
  for _,p:=range ps{ m,err:=a.matches(p.Request); if err!=nil{t.Fatal(err)}; if len(m)>0{n++}; for _,id:=range m{hit[id]++}}
  fmt.Println(parsed,len(a.signatures),n,len(hit),time.Since(s),hit)
 }
}
func attack(ids []int)string{ var o []string; for _,i:=range ids{ if i%1000>=100 && i>=911000{o=append(o,fmt.Sprint(i))}}; return strings.Join(o," ")}
